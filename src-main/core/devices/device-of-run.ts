import type { Device } from "#contract/devices.ts";
import type { Run } from "#contract/runs.ts";
import type { Inventory } from "../ports.ts";

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
