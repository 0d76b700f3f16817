export const BLOCK_BYTES = 4096;

/** Counts blocks that are not what was written, and what they tell of a drive's true size. */
export class Tally {
  badOffset: number | null = null;
  badBlocks = 0;
  checkedBlocks = 0;
  /** Where a block holds what was written elsewhere, the drive begins anew at a part of the distance. */
  repeatsAt = 0;

  /** Compares a chunk that was read at `position`; `placeOf` tells where a block came from, if it can. */
  compare(
    expected: Buffer,
    found: Buffer,
    position: number,
    placeOf: (block: Buffer) => number | null = () => null,
  ): void {
    if (expected.equals(found)) {
      this.checkedBlocks += Math.ceil(found.length / BLOCK_BYTES);
      return;
    }
    for (let at = 0; at < found.length; at += BLOCK_BYTES) {
      const block = found.subarray(at, at + BLOCK_BYTES);
      const wanted = expected.subarray(at, at + BLOCK_BYTES);
      this.checkedBlocks += 1;
      if (wanted.equals(block)) continue;
      this.#countBad(position + at + firstDifference(wanted, block));
      const from = placeOf(block);
      if (from !== null)
        this.repeatsAt = greatestCommonDivisor(this.repeatsAt, Math.abs(from - position - at));
    }
  }

  /** A stretch that could not be read or written at all. */
  addUnreadable(position: number, length: number): void {
    const blocks = Math.ceil(length / BLOCK_BYTES);
    this.checkedBlocks += blocks;
    this.#countBad(position, blocks);
  }

  #countBad(offset: number, blocks = 1): void {
    this.badBlocks += blocks;
    this.badOffset = Math.min(offset, this.badOffset ?? offset);
  }
}

function firstDifference(one: Buffer, other: Buffer): number {
  return one.findIndex((byte, index) => byte !== other[index]);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
