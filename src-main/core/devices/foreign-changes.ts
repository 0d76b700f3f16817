import type { Notify } from "#contract/api.ts";
import type { Device } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import type { Inventory } from "../ports.ts";
import { interruptRun } from "../runs/transitions.ts";

/** Tells what another process changed in the inventory since the last look. */
export function createForeignChanges(
  inventory: Pick<Inventory, "devices" | "openRuns" | "run">,
  notify: Notify,
): () => Promise<void> {
  const devices = new Map<string, string>();
  const runs = new Map<string, string>();

  function changed(seen: Map<string, string>, key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (seen.get(key) === text) return false;
    seen.set(key, text);
    return true;
  }

  function tellRun(run: Run): void {
    if (changed(runs, run.id, run)) notify({ event: "run", payload: run });
  }

  function tellDevices(known: Device[]): void {
    for (const device of known) {
      if (changed(devices, device.serial, device)) notify({ event: "device", payload: device });
    }
    for (const serial of devices.keys()) {
      if (known.some((device) => device.serial === serial)) continue;
      devices.delete(serial);
      notify({ event: "deviceRemoved", payload: { serial } });
    }
  }

  return async () => {
    tellDevices(await inventory.devices());
    const open = (await inventory.openRuns())
      .filter(({ owner }) => owner !== "this")
      .map(({ run, owner }) => (owner === "dead" ? interruptRun(run) : run));
    const ended = [...runs.keys()].filter((id) => !open.some((run) => run.id === id));
    for (const run of open) tellRun(run);
    for (const id of ended) {
      const run = await inventory.run(id);
      if (run) tellRun(run);
      runs.delete(id);
    }
  };
}
