import { FloppyError } from "#contract/errors.ts";
import type { Ports } from "../ports/ports.ts";

function notConfirmed(serial: string): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    `Removing ${serial} was not confirmed.`,
    "Nothing was changed. Name the very device that is to be removed, twice.",
  );
}

/**
 * Takes a device out of the inventory, with its runs, their logs and the keys that were kept for them. Media that
 * were written, and the device itself, stay as they are. DEVICE_BUSY where a run of it is under way.
 */
export async function removeDevice(
  { inventory, vault, systems }: Pick<Ports, "inventory" | "vault" | "systems">,
  serial: string,
  removeConfirmed: string,
): Promise<{ runs: number }> {
  if (removeConfirmed !== serial) throw notConfirmed(serial);
  const runIds = await inventory.removeDevice(serial);
  for (const id of runIds) {
    await vault.remove(id);
    await systems.unstage(id);
  }
  return { runs: runIds.length };
}
