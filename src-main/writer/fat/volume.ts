import type { Patch } from "../image/patches.ts";

/** Thrown when a part of the file system is needed that was not read yet. */
export class MissingRange extends Error {
  readonly offset: number;
  readonly bytes: number;

  constructor(offset: number, bytes: number) {
    super(`bytes ${offset} to ${offset + bytes} were not read yet`);
    this.offset = offset;
    this.bytes = bytes;
  }
}

/** A part of the file system as the image has it. */
export type Range = { offset: number; bytes: Buffer };

const BLOCK_BYTES = 512;

/**
 * The bytes of a file system: what was read of it below, what was changed above. Nothing reaches the image; the
 * changes come out as patches.
 */
export class Volume {
  readonly #known: readonly Range[];
  readonly #changed = new Map<number, Buffer>();

  constructor(known: readonly Range[]) {
    this.#known = known;
  }

  read(offset: number, bytes: number): Buffer {
    const result = Buffer.alloc(bytes);
    for (const { block, from, to } of blocksOf(offset, bytes)) {
      const content = this.#changed.get(block);
      if (content) content.copy(result, block + from - offset, from, to);
      else this.#original(block + from, block + to, offset + bytes).copy(result, block + from - offset);
    }
    return result;
  }

  write(offset: number, bytes: Buffer): void {
    for (const { block, from, to } of blocksOf(offset, bytes.length)) {
      const whole = to - from === BLOCK_BYTES;
      const content = whole ? Buffer.alloc(BLOCK_BYTES) : this.read(block, BLOCK_BYTES);
      bytes.copy(content, from, block + from - offset);
      this.#changed.set(block, content);
    }
  }

  /** Every change, in order, neighbours joined. Offsets from the start of the file system. */
  changes(): Patch[] {
    const runs: { offset: number; blocks: Buffer[] }[] = [];
    for (const [offset, block] of [...this.#changed].sort(([a], [b]) => a - b)) {
      const run = runs.at(-1);
      if (run && run.offset + run.blocks.length * BLOCK_BYTES === offset) run.blocks.push(block);
      else runs.push({ offset, blocks: [block] });
    }
    return runs.map(({ offset, blocks }) => ({ offset, bytes: Buffer.concat(blocks) }));
  }

  /** What the image has there. Where it was not read yet, all the rest of what is wanted will be. */
  #original(from: number, to: number, wantedTo: number): Buffer {
    const range = this.#known.find(({ offset, bytes }) => from >= offset && to <= offset + bytes.length);
    if (!range) throw new MissingRange(from, wantedTo - from);
    return range.bytes.subarray(from - range.offset, to - range.offset);
  }
}

/** The blocks under a stretch of bytes, each with the part of it that is meant. */
function* blocksOf(offset: number, bytes: number) {
  const end = offset + bytes;
  for (let block = offset - (offset % BLOCK_BYTES); block < end; block += BLOCK_BYTES) {
    yield { block, from: Math.max(0, offset - block), to: Math.min(BLOCK_BYTES, end - block) };
  }
}
