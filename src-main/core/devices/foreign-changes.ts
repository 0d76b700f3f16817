import type { Notification, Notify } from "#contract/api.ts";
import type { Device } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import type { Inventory } from "../ports/inventory.ts";
import { interruptRun } from "../runs/transitions.ts";

export type ForeignChanges = {
  /** Tells what another process changed in the inventory since the last look. */
  look(): Promise<void>;
  /** What this process told of itself, which is not told a second time. */
  heard(notification: Notification): void;
};

type Asked = Pick<Inventory, "deviceChanges" | "openRuns" | "run">;

/** From now on: what was there before is in the snapshot of whoever asks. */
export async function createForeignChanges(inventory: Asked, notify: Notify): Promise<ForeignChanges> {
  let { mark } = await inventory.deviceChanges(null);
  /** As this process told of them since the last look. */
  let own = new Map<string, string>();
  const runs = new Map<string, string>();

  function tellRun(run: Run): void {
    const text = JSON.stringify(run);
    if (runs.get(run.id) === text) return;
    runs.set(run.id, text);
    notify({ event: "run", payload: run });
  }

  function tellDevice(serial: string, device: Device | null): void {
    if (device) notify({ event: "device", payload: device });
    else notify({ event: "deviceRemoved", payload: { serial } });
  }

  async function tellDevices(): Promise<void> {
    const changes = await inventory.deviceChanges(mark);
    const told = own;
    own = new Map();
    mark = changes.mark;
    for (const [serial, device] of changes.changed)
      if (told.get(serial) !== JSON.stringify(device)) tellDevice(serial, device);
  }

  async function tellRuns(): Promise<void> {
    const open = (await inventory.openRuns())
      .filter(({ owner }) => owner !== "this")
      .map(({ run, owner }) => (owner === "dead" ? interruptRun(run) : run));
    const ids = new Set(open.map(({ id }) => id));
    const ended = [...runs.keys()].filter((id) => !ids.has(id));
    for (const run of open) tellRun(run);
    for (const id of ended) {
      const run = await inventory.run(id);
      if (run) tellRun(run);
      runs.delete(id);
    }
  }

  return {
    async look() {
      await tellDevices();
      await tellRuns();
    },
    heard({ event, payload }) {
      if (event === "device") own.set(payload.serial, JSON.stringify(payload));
      if (event === "deviceRemoved") own.set(payload.serial, JSON.stringify(null));
    },
  };
}
