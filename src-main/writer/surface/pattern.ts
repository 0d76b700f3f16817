import { randomFillSync } from "node:crypto";

const SECTOR_BYTES = 512;
const STAMP_WORDS = 3;

/**
 * What a whole drive is filled with: noise, and in each sector where it was meant to lie. So what is read back tells
 * not only that it is wrong, but also where it came from.
 */
export class Pattern {
  readonly #noise: Buffer;
  readonly #seed: number;

  constructor(chunkBytes: number) {
    this.#noise = randomFillSync(Buffer.alloc(chunkBytes));
    this.#seed = this.#noise.readUInt32LE(0);
  }

  fill(chunk: Buffer, position: number): void {
    this.#noise.copy(chunk);
    const words = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.length / 4);
    for (let at = 0; at < words.length; at += SECTOR_BYTES / 4) {
      const sector = (position + at * 4) / SECTOR_BYTES;
      words[at] = this.#seed;
      words[at + 1] = sector;
      words[at + 2] = sector / 2 ** 32;
    }
  }

  /** The position that this block was written to, or null where it is none of this pattern. */
  placeOf(block: Buffer): number | null {
    if (block.length < STAMP_WORDS * 4 || block.readUInt32LE(0) !== this.#seed) return null;
    return (block.readUInt32LE(8) * 2 ** 32 + block.readUInt32LE(4)) * SECTOR_BYTES;
  }
}
