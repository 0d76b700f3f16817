/** What may change while Floppy is open: the settings, and the catalog of the flake they name. */
import type { CallInput, Notify } from "#contract/api.ts";
import type { Catalog, CatalogSource } from "#contract/catalog.ts";
import { type ErrorData, FloppyError, toErrorData } from "#contract/errors.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import type { LoadedSettings, Ports } from "./ports.ts";

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
  /** The flake's own, however long it takes: nothing is begun by another's roles. */
  catalog(): Promise<Catalog>;
  reloadCatalog(): Promise<LoadedCatalog>;
};

type CurrentPorts = Pick<Ports, "settings" | "catalogs" | "clock">;

/** A flake far away may take minutes; the first screen must not. */
const FIRST_SCREEN_MS = 1000;

/** A flake that cannot be read must not keep Floppy from starting: the copy is used, and says why. */
async function loadAtStart(ports: CurrentPorts, flake: string | null): Promise<LoadedCatalog> {
  try {
    return await ports.catalogs.load(flake);
  } catch (thrown) {
    if (flake === null) throw thrown;
    const { catalog } = await ports.catalogs.load(null);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { catalog, source: { kind: "bundled", reason } };
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
  let loading = loadAtStart(ports, settings.flake);
  let updating: Promise<unknown> = Promise.resolve();
  // Whoever asks for the catalog hears of a failure; nobody asking yet is no crash.
  loading.catch(() => undefined);

  let shown: Promise<LoadedCatalog> | null = null;

  function take(loaded: LoadedCatalog): LoadedCatalog {
    loading = Promise.resolve(loaded);
    shown = loading;
    notify({ event: "catalog", payload: loaded });
    return loaded;
  }

  /** The catalog that is being loaded, or after a moment the copy; then the late one is taken when it comes. */
  async function showSoon(awaited: Promise<LoadedCatalog>): Promise<LoadedCatalog> {
    const patience = new AbortController();
    const late = ports.clock.sleep(FIRST_SCREEN_MS, patience.signal).then(
      () => null,
      () => null,
    );
    const loaded = await Promise.race([awaited, late]).finally(() => patience.abort());
    if (loaded) return loaded;
    const follow = (one: LoadedCatalog) => awaited === loading && take(one);
    awaited.then(follow).catch(() => undefined);
    const flake = settings.flake ?? "that comes with Floppy";
    return ports.catalogs.copy(`The flake ${flake} has not answered yet. Its catalog follows when it does.`);
  }

  function loadedCatalog(): Promise<LoadedCatalog> {
    shown ??= showSoon(loading);
    return shown;
  }

  const problems = () => (problem ? [toErrorData(problem)] : []);

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
    return flake === settings.flake ? take(loaded) : loading;
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
    catalog: async () => (await loading).catalog,
    reloadCatalog,
  };
}
