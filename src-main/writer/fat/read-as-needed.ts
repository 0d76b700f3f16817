import { FatError } from "./errors.ts";
import { MissingRange, type Range } from "./volume.ts";

/** No real partition needs this much to place or find a few files; a made-up one shall not eat the memory. */
const KNOWN_LIMIT_BYTES = 48 * 1024 ** 2;

/**
 * Works on a file system that is read piece by piece: what is missing is read into `known`, and the work is done again.
 * `read` gives at least the bytes that are missing.
 */
export async function readAsNeeded<Result>(
  read: (missing: MissingRange) => Promise<Buffer>,
  work: (known: readonly Range[]) => Result,
  known: Range[] = [],
): Promise<Result> {
  for (;;) {
    try {
      return work(known);
    } catch (error) {
      if (!(error instanceof MissingRange)) throw error;
      if (error.bytes + total(known) > KNOWN_LIMIT_BYTES) throw new FatError("its FAT partition is damaged");
      known.push({ offset: error.offset, bytes: await read(error) });
    }
  }
}

function total(known: readonly Range[]): number {
  return known.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
