import type { Device, DeviceStatus } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import type { Inventory } from "../ports/inventory.ts";

type Told = Parameters<Inventory["updateDevice"]>[1];

export const isPractice = ({ drive }: Pick<Run, "drive">): boolean => drive.kind === "practice";

/** Whether what a run does is true of its device: a practice run says nothing of one that is real. */
export function concerns(run: Pick<Run, "drive">, device: Pick<Device, "practice">): boolean {
  return device.practice || !isPractice(run);
}

/** What a run found out about its device. The first one on a real medium makes a practice device real. */
export async function tellDevice(
  inventory: Pick<Inventory, "device" | "updateDevice">,
  run: Pick<Run, "serial" | "drive">,
  change: Told,
): Promise<void> {
  const device = await inventory.device(run.serial);
  if (!device || !concerns(run, device)) return;
  await inventory.updateDevice(run.serial, { ...change, practice: isPractice(run) });
}

/** The run that wrote the medium in the device: one that ended before it wrote changes nothing about it. */
async function lastFlashed(inventory: Pick<Inventory, "runsOf">, device: Device): Promise<Run | null> {
  const runs = await inventory.runsOf(device.serial);
  return runs.find((run) => run.status.state === "done" && concerns(run, device)) ?? null;
}

/** Passes what a run is at, or how it ended, on to its device. */
export async function followRun(
  inventory: Pick<Inventory, "device" | "runsOf" | "updateDevice">,
  run: Run,
  statusOf: (run: Run) => DeviceStatus | null,
): Promise<void> {
  const status = statusOf(run);
  const device = await inventory.device(run.serial);
  if (!status || !device) return;
  if (device.status.state === status.state && device.lastRunId === run.id) return;
  const last = status.state === "registered" ? await lastFlashed(inventory, device) : null;
  const change = last
    ? { status: statusOf(last) ?? status, role: last.role, lastRunId: last.id }
    : { status, role: run.role, lastRunId: run.id };
  await tellDevice(inventory, run, change);
}
