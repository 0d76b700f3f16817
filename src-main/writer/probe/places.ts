/** Where a drive is asked for the truth, and how large it may really be. */

export const PROBE_BYTES = 4096;
const FIRST_MARK = 4 * 1024 ** 2;
/** No maker sells a two hundred and fifty-sixth of what is printed on the card. */
const LARGEST_LIE = 256;
/** What a chip of a power of two offers after it has put spare blocks aside. */
const usualShares = [1, 63 / 64, 31 / 32, 15 / 16, 29 / 32, 7 / 8];

const aligned = (bytes: number) => Math.floor(bytes / PROBE_BYTES) * PROBE_BYTES;

function powersOfTwo(from: number, below: number): number[] {
  const first = 2 ** Math.ceil(Math.log2(from));
  const count = Math.max(0, Math.ceil(Math.log2(below / first)));
  return Array.from({ length: count }, (_, index) => first * 2 ** index);
}

/**
 * The blocks to mark, ascending: the last ones of the drive, and one at each power of two, where most false cards
 * begin anew. Several lie beyond any true end, so that a card with one spare block for all of them is found too.
 */
export function markedPlaces(sizeBytes: number): number[] {
  const end = aligned(sizeBytes) - PROBE_BYTES;
  const shares = [1 / 8, 3 / 8, 5 / 8, 3 / 4, 7 / 8].map((share) => aligned(sizeBytes * share));
  const nearEnd = [end - 256 * PROBE_BYTES, end - PROBE_BYTES, end];
  const places = [...powersOfTwo(FIRST_MARK, end), ...shares, ...nearEnd];
  return [...new Set(places)].filter((place) => place > 0 && place <= end).toSorted((a, b) => a - b);
}

/** True sizes at which a drive of this size may begin anew, ascending. */
export function suspectedSizes(sizeBytes: number): number[] {
  const least = sizeBytes / LARGEST_LIE;
  const chips = powersOfTwo(least, sizeBytes).flatMap((power) => usualShares.map((share) => power * share));
  const printed = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((gigabytes) => gigabytes * 1e9);
  const parts = [2, 3, 4, 5, 6, 7, 8].map((count) => sizeBytes / count);
  const sizes = [...chips, ...printed, ...parts].map(aligned);
  return [...new Set(sizes)].filter((size) => size >= least && size < sizeBytes).toSorted((a, b) => a - b);
}
