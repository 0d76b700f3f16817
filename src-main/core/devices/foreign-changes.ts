import type { Notification, Notify } from "#contract/api.ts";
import type { Device } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import type { Inventory, OpenRun } from "../ports/inventory.ts";

export type ForeignChanges = {
  /** Tells what another process changed in the inventory since the last look. */
  look(): Promise<void>;
  /** What this process told of itself, which is not told a second time. */
  heard(notification: Notification): void;
};

type Asked = Pick<Inventory, "deviceChanges" | "runChanges" | "runningRuns" | "openRun">;

/** From now on: what was there before is in the snapshot of whoever asks. `standing` says how a run of theirs stands. */
export async function createForeignChanges(
  inventory: Asked,
  notify: Notify,
  standing: (open: OpenRun) => Run,
): Promise<ForeignChanges> {
  let deviceMark = (await inventory.deviceChanges(null)).mark;
  let runMark = (await inventory.runChanges(null)).mark;
  /** As this process told of them since the last look. */
  let own = new Map<string, string>();
  /** Runs that other processes are at work on: one that dies tells nobody. */
  const underWay = new Set<string>();
  for (const { run, owner } of await inventory.runningRuns()) if (owner === "other") underWay.add(run.id);

  function tellDevice(serial: string, device: Device | null): void {
    if (device) notify({ event: "device", payload: device });
    else notify({ event: "deviceRemoved", payload: { serial } });
  }

  async function tellDevices(): Promise<void> {
    const changes = await inventory.deviceChanges(deviceMark);
    const told = own;
    own = new Map();
    deviceMark = changes.mark;
    for (const [serial, device] of changes.changed)
      if (told.get(serial) !== JSON.stringify(device)) tellDevice(serial, device);
  }

  function tellRun(open: OpenRun): void {
    const run = standing(open);
    if (open.owner === "other" && run.status.state === "running") underWay.add(run.id);
    else underWay.delete(run.id);
    notify({ event: "run", payload: run });
  }

  /** Returns the ids of what changed. */
  async function tellChangedRuns(): Promise<Set<string>> {
    const { mark, changed } = await inventory.runChanges(runMark);
    runMark = mark;
    for (const [id, open] of changed) {
      if (open === null) underWay.delete(id);
      else if (open.owner !== "this") tellRun(open);
    }
    return new Set(changed.keys());
  }

  async function tellDeadRuns(ids: string[]): Promise<void> {
    for (const id of ids) {
      const open = await inventory.openRun(id);
      if (open === null) underWay.delete(id);
      else if (open.owner === "dead") tellRun(open);
    }
  }

  return {
    async look() {
      await tellDevices();
      const changed = await tellChangedRuns();
      await tellDeadRuns([...underWay].filter((id) => !changed.has(id)));
    },
    heard({ event, payload }) {
      if (event === "device") own.set(payload.serial, JSON.stringify(payload));
      if (event === "deviceRemoved") own.set(payload.serial, JSON.stringify(null));
    },
  };
}
