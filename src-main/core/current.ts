/** What may change while Floppy is open: the settings, and the catalog of the flake they name. */
import type { CallInput, Notify } from "#contract/api.ts";
import type { Catalog, CatalogSource } from "#contract/catalog.ts";
import { type ErrorData, FloppyError, toErrorData } from "#contract/errors.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import type { LoadedSettings } from "./ports/inventory.ts";
import type { Ports } from "./ports/ports.ts";

export type LoadedCatalog = { catalog: Catalog; source: CatalogSource };

export type Current = {
  settings(): Settings;
  /** As `settings`, but throws while they could not be read: a device must not be written without its keys. */
  trustedSettings(): Settings;
  problems(): ErrorData[];
  /** Settings whose flake cannot be read are not taken: CATALOG_UNREADABLE. */
  updateSettings(change: CallInput<"settings.update">): Promise<Settings>;
  /** What can be shown soon: the copy, as long as the flake has not answered. The flake's own is told of then. */
  loadedCatalog(): Promise<LoadedCatalog>;
  /** The flake's own, however long it takes; CATALOG_UNREADABLE where there is none: nothing is begun by another's. */
  catalog(): Promise<Catalog>;
  /** Resolves when the catalog is the flake's own, or it is known that it cannot be. */
  catalogRead(): Promise<void>;
  reloadCatalog(): Promise<LoadedCatalog>;
};

type CurrentPorts = Pick<Ports, "settings" | "catalogs" | "clock">;

/** A flake far away may take minutes; the first screen must not. */
const FIRST_SCREEN_MS = 1000;

/** What is shown, and why nothing may be begun by it. */
type Loading = { shown: LoadedCatalog; unreadable: FloppyError | null };

function asUnreadable(thrown: unknown): FloppyError {
  if (thrown instanceof FloppyError) return thrown;
  const { message, details } = toErrorData(thrown);
  return new FloppyError(
    "CATALOG_UNREADABLE",
    `The catalog cannot be read. ${message}`,
    "Nothing is begun without it. Read it again in Settings.",
    details,
  );
}

/** A catalog that cannot be read must not keep Floppy from starting: the copy is shown, but nothing is begun by it. */
async function loadAtStart(ports: CurrentPorts, flake: string | null): Promise<Loading> {
  try {
    return { shown: await ports.catalogs.load(flake), unreadable: null };
  } catch (thrown) {
    const unreadable = asUnreadable(thrown);
    return { shown: await ports.catalogs.copy(unreadable.message), unreadable };
  }
}

/** Broken settings must not keep Floppy from starting either; they are kept as they are until new ones are saved. */
async function loadSettings(ports: CurrentPorts): Promise<LoadedSettings> {
  try {
    return await ports.settings.load();
  } catch (thrown) {
    if (thrown instanceof FloppyError && thrown.code === "SETTINGS_INVALID") {
      return { settings: defaultSettings, problem: thrown };
    }
    throw thrown;
  }
}

export async function createCurrent(ports: CurrentPorts, notify: Notify): Promise<Current> {
  let { settings, problem } = await loadSettings(ports);
  let unreadable: FloppyError | null = null;
  let loading: Promise<Loading> | null = null;
  let shown: Promise<LoadedCatalog> | null = null;
  let updating: Promise<unknown> = Promise.resolve();

  const problems = () => [problem, unreadable].filter((one) => one !== null).map(toErrorData);

  function learn(found: FloppyError | null): void {
    if (found === unreadable) return;
    unreadable = found;
    notify({ event: "problems", payload: problems() });
  }

  /** Read when it is first asked for: a list of drives does not wait for an evaluation. */
  function load(): Promise<Loading> {
    if (loading) return loading;
    const first = loadAtStart(ports, settings.flake);
    loading = first;
    const learnFirst = (loaded: Loading) => first === loading && learn(loaded.unreadable);
    // Whoever asks for the catalog hears of a failure; nobody asking yet is no crash.
    first.then(learnFirst).catch(() => undefined);
    return first;
  }

  function take(loaded: LoadedCatalog): LoadedCatalog {
    loading = Promise.resolve({ shown: loaded, unreadable: null });
    shown = Promise.resolve(loaded);
    notify({ event: "catalog", payload: loaded });
    learn(null);
    return loaded;
  }

  /** The catalog that is being loaded, or after a moment the copy; then the late one is shown when it comes. */
  async function showSoon(awaited: Promise<Loading>): Promise<LoadedCatalog> {
    const patience = new AbortController();
    const late = ports.clock.sleep(FIRST_SCREEN_MS, patience.signal).then(
      () => null,
      () => null,
    );
    const loaded = await Promise.race([awaited, late]).finally(() => patience.abort());
    if (loaded) return loaded.shown;
    const follow = (one: Loading) => {
      if (awaited !== loading) return;
      shown = Promise.resolve(one.shown);
      notify({ event: "catalog", payload: one.shown });
    };
    awaited.then(follow).catch(() => undefined);
    const flake = settings.flake ?? "that comes with Floppy";
    return ports.catalogs.copy(`The flake ${flake} has not answered yet. Its catalog follows when it does.`);
  }

  function loadedCatalog(): Promise<LoadedCatalog> {
    shown ??= showSoon(load());
    return shown;
  }

  async function catalog(): Promise<Catalog> {
    const loaded = await load();
    if (loaded.unreadable) throw loaded.unreadable;
    return loaded.shown.catalog;
  }

  async function saveChange(change: CallInput<"settings.update">): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const { flake } = { ...(await loadSettings(ports)).settings, ...given };
    const loaded = flake === settings.flake ? null : await ports.catalogs.load(flake);
    const told = problems();
    ({ settings, problem } = await ports.settings.save(given));
    notify({ event: "settings", payload: settings });
    if (told.length > 0 || problem) notify({ event: "problems", payload: problems() });
    if (loaded) take(loaded);
    return settings;
  }

  /** One after the other: each change is made to what the one before it left. */
  function updateSettings(change: CallInput<"settings.update">): Promise<Settings> {
    const updated = updating.then(() => saveChange(change));
    updating = updated.catch(() => undefined);
    return updated;
  }

  async function reloadCatalog(): Promise<LoadedCatalog> {
    const { flake } = settings;
    const loaded = await ports.catalogs.load(flake);
    return flake === settings.flake ? take(loaded) : (await load()).shown;
  }

  return {
    settings: () => settings,
    trustedSettings() {
      if (problem) throw problem;
      return settings;
    },
    problems,
    updateSettings,
    loadedCatalog,
    catalog,
    catalogRead: async () => void (await load()),
    reloadCatalog,
  };
}
