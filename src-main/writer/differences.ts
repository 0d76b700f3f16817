/** Smaller writes cost a card as much as this, for it erases in larger blocks. */
const BLOCK_BYTES = 64 * 1024;

/** From `start` up to, not including, `end` of a chunk. */
export type Part = { start: number; end: number };

/** The parts of `wanted` that `found` does not hold yet, in whole blocks. */
export function differences(wanted: Buffer, found: Buffer): Part[] {
  if (wanted.equals(found)) return [];
  const parts: Part[] = [];
  for (let start = 0; start < wanted.length; start += BLOCK_BYTES) {
    const end = Math.min(start + BLOCK_BYTES, wanted.length);
    if (wanted.subarray(start, end).equals(found.subarray(start, end))) continue;
    const last = parts.at(-1);
    if (last?.end === start) last.end = end;
    else parts.push({ start, end });
  }
  return parts;
}

export function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { start, end }) => sum + end - start, 0);
}
