import type { Safe } from "./borrow.ts";
import { becameReadOnly, fakeCapacity } from "./errors.ts";
import type { Medium } from "./medium.ts";
import { type Capacity, probeCapacity } from "./probe-capacity.ts";

/** DRIVE_FAKE or DRIVE_READ_ONLY where a drive is not what it says; single bad blocks are left to the caller. */
export async function refuseFalse(medium: Medium, state: string, safe?: Safe): Promise<Capacity> {
  const { path, sizeBytes } = medium;
  const found = await probeCapacity(medium, safe);
  if (found.capacity === "false") throw fakeCapacity(path, sizeBytes, found.holdsBytes, state);
  if (found.capacity === "frozen") throw becameReadOnly(path, 0, state);
  return found;
}
