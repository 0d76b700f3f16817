/** Floppy itself, over the ports. Every door shows what this does. */
import type { Floppy, Notify } from "#contract/api.ts";
import type { Image, ImageChoice, Inspection } from "#contract/images.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { FlashResult } from "#contract/writer.ts";
import { parseTarget } from "./catalog/pairs.ts";
import { createCurrent } from "./current.ts";
import { followRun } from "./devices/device-of-run.ts";
import { createForeignChanges } from "./devices/foreign-changes.ts";
import { createDriveTasks } from "./drive-tasks/tasks.ts";
import { createHandlers } from "./handlers.ts";
import { tellBehind } from "./images/behind.ts";
import { inspectImage, mistrustingChanges } from "./images/inspect.ts";
import { buildRequest, obtainImage } from "./images/obtain.ts";
import type { ImageObserver } from "./images/progress.ts";
import { createInstallCalls } from "./install/calls.ts";
import { createInstallKind } from "./install/kind.ts";
import { createMediumCalls } from "./medium/calls.ts";
import { createMediumKind } from "./medium/kind.ts";
import type { Log } from "./ports/clock.ts";
import type { Inventory } from "./ports/inventory.ts";
import type { Ports } from "./ports/ports.ts";
import { findDrive, refuseUnfitDrive } from "./runs/admission.ts";
import { createKinds } from "./runs/kind.ts";
import { createRuns } from "./runs/runs.ts";

export type FlashObserver = {
  progress(stage: "inspect" | "write" | "verify", progress: TransferProgress): void;
  log: Log;
  /** Asked before the first byte is written; throws where this image must not be. */
  agree(inspection: Inspection): Promise<void>;
};

/** The contract's calls, and what only the command line asks for. */
export type Core = Floppy & {
  /** Writes an image as it is: no device, no identity, no inventory. */
  flashImage(
    request: { path: string; driveKey: string },
    observe: FlashObserver,
    signal: AbortSignal,
  ): Promise<{ inspection: Inspection; result: FlashResult }>;
  /** The image of a choice for a target, as `raspberry-mainframe`. */
  obtainImage(
    target: string,
    choice: ImageChoice,
    observe: ImageObserver,
    signal: AbortSignal,
  ): Promise<Image>;
  /** Resolves when the catalog is the flake's own, or it is known that it cannot be. */
  catalogRead(): Promise<void>;
  /** Whether a run or a drive’s task of this process is under way. */
  busy(): boolean;
  /** Cancels what is under way and lets go of everything. */
  close(): Promise<void>;
};

/** Every change of a device is told, whoever made it. */
function tellingDevices(inventory: Inventory, notify: Notify): Inventory {
  return {
    ...inventory,
    async registerDevice(device) {
      const registered = await inventory.registerDevice(device);
      notify({ event: "device", payload: registered });
      return registered;
    },
    async updateDevice(serial, change) {
      const device = await inventory.updateDevice(serial, change);
      notify({ event: "device", payload: device });
      return device;
    },
    async removeDevice(serial) {
      const runIds = await inventory.removeDevice(serial);
      notify({ event: "deviceRemoved", payload: { serial } });
      return runIds;
    },
  };
}

/** A door that fails over a notification (its window is gone) must not fail the run that it was told of. */
function tellEach(listeners: Set<Notify>): Notify {
  return (notification) => {
    for (const listener of listeners) {
      try {
        listener(notification);
      } catch {
        // It is the door's own trouble; it asks for the whole state when it is back.
      }
    }
  };
}

function startOnce(start: () => (() => void)[]) {
  let stops: (() => void)[] | null = null;
  return {
    start() {
      stops ??= start();
    },
    stop() {
      for (const stop of stops ?? []) stop();
    },
  };
}

export async function createFloppy(given: Ports): Promise<Core> {
  const listeners = new Set<Notify>();
  const notify = tellEach(listeners);

  const ports: Ports = { ...given, inventory: tellingDevices(given.inventory, notify) };
  const current = await createCurrent(ports, notify);
  const medium = createMediumKind(ports, current);
  const kinds = createKinds([medium, createInstallKind(ports, medium)]);
  const runs = createRuns({
    ports,
    notify,
    kinds,
    tellDevice: (run, statusOf) => followRun(ports.inventory, run, statusOf),
  });
  const calls = {
    ...createMediumCalls({ ports, current, runs, medium }),
    ...createInstallCalls({ ports, current, runs }),
  };
  const foreign = await createForeignChanges(ports.inventory, notify, runs.standing);
  listeners.add(foreign.heard);
  const tasks = createDriveTasks({ ports, notify, admission: runs.admission });
  await runs.recover();

  /** Once somebody is there to be told. */
  const watching = startOnce(() => [
    ports.drives.watch((drives) => notify({ event: "drives", payload: drives })),
    // A look that fails (the inventory is locked for a moment) is made up for by the next one.
    ports.inventory.watch(() => void foreign.look().catch(() => undefined)),
  ]);

  return {
    handlers: createHandlers({ ports, current, runs, calls, tasks }),
    subscribe(listener) {
      listeners.add(listener);
      watching.start();
      return () => listeners.delete(listener);
    },
    async flashImage({ path, driveKey }, observe, signal) {
      const drive = await findDrive(ports.drives, driveKey);
      await runs.admission.refuseBusyDrive(drive);
      const inspection = await inspectImage(
        ports,
        path,
        (progress) => observe.progress("inspect", progress),
        signal,
      );
      refuseUnfitDrive(drive, inspection.sizeBytes, inspection.practice === true);
      await observe.agree(inspection);
      tellBehind(observe.log, inspection);
      const flashed = { image: inspection, drive: drive.identity, files: [] };
      const request = { ...flashed, placement: "firmware" as const };
      const writing = ports.writer.flash(request, drive.writable, observe, signal);
      return { inspection, result: await mistrustingChanges(ports, inspection, writing) };
    },
    async obtainImage(target, choice, observe, signal) {
      const { host } = parseTarget(await current.catalog(), target);
      const request = buildRequest(ports, current.trustedSettings(), host, target);
      return obtainImage(ports, choice, request, observe, signal);
    },
    catalogRead: current.catalogRead,
    busy: () => runs.busy() || tasks.busy(),
    async close() {
      watching.stop();
      await Promise.all([runs.shutDown(), tasks.shutDown()]);
      await ports.inventory.close();
    },
  };
}
