/** What may change while Floppy is open: the settings, and the catalog of the flake they name. */
import type { CallInput, Notify } from "#contract/api.ts";
import type { Catalog, CatalogSource } from "#contract/catalog.ts";
import { type ErrorData, FloppyError, toErrorData } from "#contract/errors.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import type { Ports } from "./ports.ts";

export type LoadedCatalog = { catalog: Catalog; source: CatalogSource };

export type Current = {
  settings(): Settings;
  /** As `settings`, but throws while they could not be read: a device must not be written without its keys. */
  trustedSettings(): Settings;
  problems(): ErrorData[];
  /** Settings whose flake cannot be read are not taken: CATALOG_UNREADABLE. */
  updateSettings(change: CallInput<"settings.update">): Promise<Settings>;
  loadedCatalog(): Promise<LoadedCatalog>;
  catalog(): Promise<Catalog>;
  reloadCatalog(): Promise<LoadedCatalog>;
};

type CurrentPorts = Pick<Ports, "settings" | "catalogs">;

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

type LoadedSettings = { settings: Settings; problem: FloppyError | null };

/** Broken settings must not keep Floppy from starting either; they are kept as they are until new ones are saved. */
async function loadSettings(ports: CurrentPorts): Promise<LoadedSettings> {
  try {
    return { settings: await ports.settings.load(), problem: null };
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

  function take(loaded: LoadedCatalog): LoadedCatalog {
    loading = Promise.resolve(loaded);
    notify({ event: "catalog", payload: loaded });
    return loaded;
  }

  /** Another process may have saved some since; what it broke is not taken. */
  async function latestSettings(): Promise<Settings> {
    const latest = await loadSettings(ports);
    return latest.problem ? settings : latest.settings;
  }

  async function saveChange(change: CallInput<"settings.update">): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const next: Settings = { ...(await latestSettings()), ...given };
    const loaded = next.flake === settings.flake ? null : await ports.catalogs.load(next.flake);
    await ports.settings.save(next);
    settings = next;
    problem = null;
    notify({ event: "settings", payload: settings });
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
    problems: () => (problem ? [toErrorData(problem)] : []),
    updateSettings,
    loadedCatalog: () => loading,
    catalog: async () => (await loading).catalog,
    reloadCatalog,
  };
}
