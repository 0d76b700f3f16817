import { CHUNK_BYTES, hashBytes } from "../digest.ts";
import { alignedBuffer } from "../drive/aligned-buffer.ts";
import type { ImageReader } from "./reader.ts";

/** A MiB of the image as it lies in the file, good until its reader asks for the one after the next. */
export type Chunk = { position: number; bytes: Buffer; hash: bigint };

/** What a reader may hold: the chunk it was given last, and the one before, which may still be on its way. */
const HELD_CHUNKS = 2;
/** Chunks that may wait for the drives: unpacking comes in bursts, and drives have moments. */
const WINDOW_CHUNKS = 16;
export const SHARED_WINDOW_CHUNKS = 40;
/** For a drive that reads by itself, because it is slow. */
const OWN_WINDOW_CHUNKS = 4;
/** The largest block of a drive that direct writes may have to be aligned to. */
export const ALIGNMENT = 4096;

type Reader = { index: number };

function oldestHeld({ index }: Reader): number {
  return index - HELD_CHUNKS + 1;
}

/**
 * One image for many drives: read, unpacked and hashed once, some chunks ahead of the quickest drive. None waits for
 * another one: who is so far behind that the window is full while somebody has nothing to do, leaves it, and reads
 * the rest of the image by itself.
 */
export class SharedImage {
  readonly #open: (from: number) => ImageReader;
  readonly #sizeBytes: number;
  readonly #windowChunks: number;
  readonly #chunks = new Map<number, Chunk>();
  readonly #readers = new Set<Reader>();
  /** Buffers to read into again. */
  readonly #spare: Buffer[] = [];
  /** Chunks whose buffers are none of these: whoever was left behind may still be at them. */
  readonly #given = new Set<number>();
  #next: number;
  #read: ImageReader | null = null;
  #state: "idle" | "reading" | { failed: unknown } = "idle";
  #changed = Promise.withResolvers<void>();

  /** `open` gives a reader of the unpacked image from a place on. */
  constructor(
    open: (from: number) => ImageReader,
    sizeBytes: number,
    { from = 0, windowChunks = WINDOW_CHUNKS } = {},
  ) {
    this.#open = open;
    this.#sizeBytes = sizeBytes;
    this.#windowChunks = windowChunks;
    this.#next = from / CHUNK_BYTES;
  }

  /** The image from its beginning, for one drive. Those that are to share it all ask before the first one reads. */
  chunks(): AsyncGenerator<Chunk> {
    if (this.#read) throw new Error("the image is being read already; its beginning may be gone");
    const reader = { index: this.#next };
    this.#readers.add(reader);
    return this.#follow(reader);
  }

  /** Reads ahead, before the first drive is ready for it: unpacking may be what takes longest. */
  begin(): void {
    this.#advance();
  }

  async *#follow(reader: Reader): AsyncGenerator<Chunk> {
    try {
      for (; reader.index * CHUNK_BYTES < this.#sizeBytes; reader.index += 1) {
        const chunk = await this.#wait(reader);
        if (chunk === "left behind") {
          yield* this.#alone(reader.index).chunks();
          return;
        }
        yield chunk;
      }
    } finally {
      this.#readers.delete(reader);
      this.#advance();
    }
  }

  #alone(index: number): SharedImage {
    const from = index * CHUNK_BYTES;
    return new SharedImage(this.#open, this.#sizeBytes, { from, windowChunks: OWN_WINDOW_CHUNKS });
  }

  async #wait(reader: Reader): Promise<Chunk | "left behind"> {
    for (;;) {
      this.#advance();
      if (!this.#readers.has(reader)) return "left behind";
      const chunk = this.#chunks.get(reader.index);
      if (chunk) return chunk;
      if (typeof this.#state === "object") throw this.#state.failed;
      if (this.#isFull()) this.#leaveBehind();
      else await this.#changed.promise;
    }
  }

  /** Takes back what nobody holds any more, and reads on if there is room. */
  #advance(): void {
    const oldest = this.#oldest();
    for (const [index, { bytes }] of this.#chunks) {
      if (index >= oldest) break;
      this.#chunks.delete(index);
      if (!this.#given.delete(index)) this.#spare.push(bytes);
    }
    const done = this.#next * CHUNK_BYTES >= this.#sizeBytes;
    if (this.#state === "idle" && !done && this.#readers.size > 0 && !this.#isFull()) void this.#readNext();
  }

  #leaveBehind(): void {
    const oldest = this.#oldest();
    for (const reader of this.#readers) {
      if (oldestHeld(reader) > oldest) continue;
      this.#readers.delete(reader);
      for (let index = oldestHeld(reader); index <= reader.index; index += 1) this.#given.add(index);
    }
  }

  #oldest(): number {
    return Math.min(this.#next, ...[...this.#readers].map(oldestHeld));
  }

  #isFull(): boolean {
    return this.#next - this.#oldest() >= this.#windowChunks;
  }

  async #readNext(): Promise<void> {
    this.#state = "reading";
    try {
      const position = this.#next * CHUNK_BYTES;
      this.#read ??= this.#open(position);
      const buffer = this.#spare.pop() ?? alignedBuffer(CHUNK_BYTES, ALIGNMENT);
      const filled = await this.#read(buffer.subarray(0, Math.min(CHUNK_BYTES, this.#sizeBytes - position)));
      const bytes = buffer.subarray(0, filled);
      this.#chunks.set(this.#next, { position, bytes, hash: hashBytes(bytes) });
      this.#next += 1;
      this.#state = "idle";
    } catch (failed) {
      this.#state = { failed };
    }
    this.#change();
    this.#advance();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
