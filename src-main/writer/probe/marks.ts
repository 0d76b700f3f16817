import { createHash, randomBytes } from "node:crypto";
import type { Medium } from "./medium.ts";
import { PROBE_BYTES } from "./places.ts";

const WORD = "FLOPPY TEST MARK";

/** Blocks that no drive can hold by chance: one for each place, told apart by a seed from those of any other test. */
export type Marks = { seed: string; at(place: number): Buffer };

export function createMarks(medium: Medium, seed = randomBytes(16).toString("hex")): Marks {
  const known = new Map<number, Buffer>();
  const make = (place: number) => {
    const mark = medium.buffer(PROBE_BYTES);
    // What looks like noise is no easier to keep than a file, for a drive that compresses.
    createHash("shake256", { outputLength: PROBE_BYTES }).update(`${seed} ${place}`).digest().copy(mark);
    mark.write(WORD, "latin1");
    known.set(place, mark);
    return mark;
  };
  return { seed, at: (place) => known.get(place) ?? make(place) };
}
