import { Loan, noSafe, type Safe } from "./borrow.ts";
import { createMarks } from "./marks.ts";
import type { Medium } from "./medium.ts";
import { markedPlaces, PROBE_BYTES, suspectedSizes } from "./places.ts";

export type Capacity =
  | { capacity: "true" }
  /** It holds less than it says; from `holdsBytes` on, what is written is lost or lands on what is before. */
  | { capacity: "false"; holdsBytes: number }
  /** A block here and there does not keep what is written to it. */
  | { capacity: "patchy"; badOffset: number; badBlocks: number; checkedBlocks: number }
  /** It keeps nothing that is written to it. */
  | { capacity: "frozen" };

/** How near the true end is looked for on a drive that loses what lies beyond. */
const NEAR_ENOUGH_BYTES = 64 * 1024;

/**
 * Looks whether a drive is as large as it says, by some forty blocks: quick, and everything is put back as it was.
 * It finds drives that lose what lies beyond their end, and those that begin anew at a usual size; only writing all of
 * a drive proves that it is sound. A power cut meanwhile leaves marks in place of what `safe` has kept.
 */
export async function probeCapacity(medium: Medium, safe: Safe = noSafe): Promise<Capacity> {
  const marks = createMarks(medium);
  const loan = new Loan(medium, marks, safe);
  const places = markedPlaces(medium.sizeBytes);
  try {
    await loan.mark(places);
    return await judge(loan, places, suspectedSizes(medium.sizeBytes));
  } finally {
    await loan.giveBack();
  }
}

async function judge(loan: Loan, places: number[], suspects: number[]): Promise<Capacity> {
  const lost: number[] = [];
  let changed = 0;
  for (const place of places) {
    if (await loan.hasMark(place)) changed += 1;
    else lost.push(place);
  }
  if (changed === 0 && (await allUnchanged(loan, lost))) return { capacity: "frozen" };
  const repeats = await findRepetition(loan, places.slice(-2), suspects);
  if (repeats !== null) return { capacity: "false", holdsBytes: repeats };
  const [first] = lost;
  if (first === undefined) return { capacity: "true" };
  if (!isTail(lost, places)) {
    return { capacity: "patchy", badOffset: first, badBlocks: lost.length, checkedBlocks: places.length };
  }
  const kept = places.findLast((place) => place < first);
  const from = kept === undefined ? 0 : kept + PROBE_BYTES;
  return { capacity: "false", holdsBytes: await findEnd(loan, from, first) };
}

async function allUnchanged(loan: Loan, places: number[]): Promise<boolean> {
  for (const place of places) if (!(await loan.isUnchanged(place))) return false;
  return true;
}

/** From the first one on all are lost, but for the one that a spare block for all of them would keep. */
function isTail(lost: number[], places: number[]): boolean {
  const beyond = places.filter((place) => place >= (lost[0] ?? 0)).length;
  return lost.length > 1 && lost.length >= beyond - 1;
}

/**
 * The smallest size at which the last marks are found once more, counted from the beginning, and once more after that.
 * Once alone, a part of the true size would do; and one mark alone is found anywhere beyond the end of a drive that
 * has one spare block for all of it.
 */
async function findRepetition(loan: Loan, last: number[], suspects: number[]): Promise<number | null> {
  const repeatsAt = async (size: number) => {
    for (const place of last) {
      if (size > place) return false;
      for (const copy of [place % size, (place % size) + size]) {
        if (!(await loan.hasMark(copy, place))) return false;
      }
    }
    return true;
  };
  for (const size of suspects) if (await repeatsAt(size)) return size;
  return null;
}

/** Between a block that keeps and one that does not: where the drive ends, nearly to the block. */
async function findEnd(loan: Loan, keeps: number, loses: number): Promise<number> {
  let [low, high] = [keeps, loses];
  while (high - low > NEAR_ENOUGH_BYTES) {
    const middle = Math.floor((low + high) / 2 / PROBE_BYTES) * PROBE_BYTES;
    await loan.mark([middle]);
    if (await loan.hasMark(middle)) low = middle;
    else high = middle;
  }
  return high;
}
