/** Floppy itself: the handlers of the contract over the ports. Every door shows what this does. */
import type { CallInput, Floppy, Handlers, Notification, Notify } from "#contract/api.ts";
import type { Catalog, CatalogSource } from "#contract/catalog.ts";
import type { Device } from "#contract/devices.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Image, Inspection } from "#contract/images.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { FlashResult } from "#contract/writer.ts";
import { checkPair, parseTarget } from "./catalog/pairs.ts";
import { parseSerial } from "./catalog/serial.ts";
import { createForeignChanges } from "./devices/foreign-changes.ts";
import { registered } from "./devices/register.ts";
import { buildRequest, type ImageObserver, inspectImage, obtainImage } from "./images/obtain.ts";
import type { Log, Ports } from "./ports.ts";
import { createRuns } from "./runs/runs.ts";
import { driveGone } from "./runs/steps.ts";

export type FlashObserver = {
  progress(stage: "inspect" | "write" | "verify", progress: TransferProgress): void;
  log: Log;
};

/** The contract's calls, and what only the command line asks for. */
export type Core = Floppy & {
  /** Writes an image as it is: no device, no identity, no inventory. */
  flashImage(
    request: { path: string; driveKey: string },
    observe: FlashObserver,
    signal: AbortSignal,
  ): Promise<{ inspection: Inspection; result: FlashResult }>;
  /** Builds the image of a target, as `raspberry-mainframe`. */
  buildImage(target: string, observe: ImageObserver, signal: AbortSignal): Promise<Image>;
  /** Whether a run of this process is under way. */
  busy(): boolean;
  close(): Promise<void>;
};

type Loaded = { catalog: Catalog; source: CatalogSource };

/** A flake that cannot be read must not keep Floppy from starting: the copy is used, and says why. */
async function loadCatalog(ports: Ports, flake: string | null): Promise<Loaded> {
  try {
    return await ports.catalogs.load(flake);
  } catch (thrown) {
    if (flake === null) throw thrown;
    const { catalog } = await ports.catalogs.load(null);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { catalog, source: { kind: "bundled", reason } };
  }
}

export async function createFloppy(ports: Ports): Promise<Core> {
  const listeners = new Set<Notify>();
  const notify: Notify = (notification: Notification) => {
    for (const listener of listeners) listener(notification);
  };

  let settings = await ports.settings.load();
  let loading = loadCatalog(ports, settings.flake);
  const catalog = async () => (await loading).catalog;
  const runs = createRuns({ ports, notify, catalog, settings: () => settings });
  await runs.recover();

  const identify = async (text: string) => parseSerial(await catalog(), text);

  async function knownDevice(text: string): Promise<Device> {
    const { serial } = await identify(text);
    const device = await ports.inventory.device(serial);
    if (device) return device;
    throw new FloppyError(
      "DEVICE_UNKNOWN",
      `${serial} is not in the inventory.`,
      "Nothing was changed. Add it first, or provision it.",
    );
  }

  async function reloadCatalog(): Promise<Loaded> {
    const loaded = await ports.catalogs.load(settings.flake);
    loading = Promise.resolve(loaded);
    notify({ event: "catalog", payload: loaded });
    return loaded;
  }

  /** Settings whose flake cannot be read are not taken. */
  async function updateSettings(change: CallInput<"settings.update">): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const next: Settings = { ...settings, ...given };
    const loaded = next.flake === settings.flake ? null : await ports.catalogs.load(next.flake);
    await ports.settings.save(next);
    settings = next;
    notify({ event: "settings", payload: settings });
    if (loaded) {
      loading = Promise.resolve(loaded);
      notify({ event: "catalog", payload: loaded });
    }
    return settings;
  }

  async function addDevice(text: string, roleName: string | null): Promise<Device> {
    const { serial, host, hostname } = await identify(text);
    const role = roleName === null ? null : checkPair(await catalog(), host.name, roleName).role.name;
    const at = ports.clock.now().toISOString();
    const added = await ports.inventory.registerDevice(
      registered({ serial, host: host.name, hostname, role, at }),
    );
    const device =
      role !== null && added.role !== role ? await ports.inventory.updateDevice(serial, { role }) : added;
    notify({ event: "device", payload: device });
    return device;
  }

  const never = new AbortController().signal;

  const handlers: Handlers = {
    async "app.state"() {
      const [loaded, machine, drives, devices, openRuns] = await Promise.all([
        loading,
        ports.machine(),
        ports.drives.list(),
        ports.inventory.devices(),
        runs.open(),
      ]);
      const { version } = ports;
      return {
        version,
        machine,
        catalog: loaded.catalog,
        catalogSource: loaded.source,
        drives,
        devices,
        runs: openRuns,
        settings,
      };
    },
    "catalog.reload": reloadCatalog,
    async "devices.identify"({ text }) {
      const { serial, host, hostname } = await identify(text);
      return { serial, host: host.name, hostname, known: await ports.inventory.device(serial) };
    },
    "devices.add": ({ serial, role }) => addDevice(serial, role),
    async "devices.show"({ serial }) {
      const device = await knownDevice(serial);
      return { device, runs: await ports.inventory.runsOf(device.serial) };
    },
    "drives.createPractice": ({ sizeBytes }) => ports.practice.create(sizeBytes),
    async "drives.removePractice"({ driveKey }) {
      await ports.practice.remove(driveKey);
      return {};
    },
    "images.inspect": ({ path }) => inspectImage(ports, path, () => undefined, never),
    async "images.preflight"({ host, role }) {
      const pair = checkPair(await catalog(), host, role);
      return ports.nix.preflight(buildRequest(ports, settings, pair.host, `${host}-${role}`), never);
    },
    "files.list": ({ path }) => ports.files.list(path),
    "runs.start": (request) => runs.start(request),
    async "runs.cancel"({ runId }) {
      await runs.cancel(runId);
      return {};
    },
    "runs.resume": (request) => runs.resume(request),
    async "runs.dismiss"({ runId }) {
      await runs.dismiss(runId);
      return {};
    },
    "runs.show": ({ runId }) => runs.show(runId),
    "settings.update": updateSettings,
  };

  const flashImage: Core["flashImage"] = async ({ path, driveKey }, observe, signal) => {
    const drive = (await ports.drives.list()).find((candidate) => candidate.key === driveKey);
    if (!drive) throw driveGone();
    const inspection = await inspectImage(
      ports,
      path,
      (progress) => observe.progress("inspect", progress),
      signal,
    );
    const job = { job: "flash", image: inspection, drive: drive.identity, files: [] } as const;
    return {
      inspection,
      result: await ports.writer.flash({ ...job, files: [] }, drive.writable, observe, signal),
    };
  };

  const buildImage: Core["buildImage"] = async (target, observe, signal) => {
    const { host } = parseTarget(await catalog(), target);
    return obtainImage(
      ports,
      { kind: "build" },
      buildRequest(ports, settings, host, target),
      observe,
      signal,
    );
  };

  const tellForeignChanges = createForeignChanges(ports.inventory, notify);
  const stopWatching = [
    ports.drives.watch((drives) => notify({ event: "drives", payload: drives })),
    // A look that fails (the inventory is locked for a moment) is made up for by the next one.
    ports.inventory.watch(() => void tellForeignChanges().catch(() => undefined)),
  ];

  return {
    handlers,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flashImage,
    buildImage,
    busy: runs.busy,
    async close() {
      for (const stop of stopWatching) stop();
      await runs.shutDown();
      await ports.inventory.close();
    },
  };
}
