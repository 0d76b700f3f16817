import type { WriteMode } from "#contract/writer.ts";
import { Comparison } from "./comparison.ts";
import { differences, type Part, sizeOf } from "./differences.ts";
import { CHUNK_BYTES } from "./digest.ts";
import type { Target } from "./drive/target.ts";
import { HEAD_BYTES } from "./image/firmware.ts";

const PROBE_BYTES = 4096;

type Reading = { position: number; bytes: Promise<Buffer | null> };

/** What a drive held before, read past the page cache, a chunk ahead of its use. */
export class OldContent {
  readonly #target: Target;
  readonly #sizeBytes: number;
  readonly #comparison: Comparison;
  #ahead: Reading | null = null;

  constructor(target: Target, mode: WriteMode, sizeBytes: number) {
    this.#target = target;
    this.#sizeBytes = sizeBytes;
    this.#comparison = new Comparison(mode);
  }

  /** The parts of a chunk that are to be written. What is not among them was read, and was the same. */
  async missing(wanted: Buffer, position: number): Promise<Part[]> {
    const all = [{ start: 0, end: wanted.length }];
    // The head lies blank on the drive.
    if (position < HEAD_BYTES) return all;
    const step = this.#comparison.next();
    if (step === "write" || (step === "probe" && !(await this.#startsSame(wanted, position)))) return all;
    const found = await this.#take(position);
    const parts = found ? differences(wanted, found) : all;
    this.#comparison.found(1 - sizeOf(parts) / wanted.length);
    return parts;
  }

  async #startsSame(wanted: Buffer, position: number): Promise<boolean> {
    await this.#ahead?.bytes;
    const length = Math.min(PROBE_BYTES, wanted.length);
    const found = await this.#read(position, length);
    return found?.equals(wanted.subarray(0, length)) === true;
  }

  async #take(position: number): Promise<Buffer | null> {
    if (this.#ahead?.position !== position) {
      await this.#ahead?.bytes;
      this.#ahead = this.#start(position);
    }
    const found = await this.#ahead?.bytes;
    this.#ahead = this.#start(position + CHUNK_BYTES);
    return found ?? null;
  }

  #start(position: number): Reading | null {
    const length = Math.min(CHUNK_BYTES, this.#sizeBytes - position);
    return length > 0 ? { position, bytes: this.#read(position, length) } : null;
  }

  /** Null where it cannot be read: writing may mend that, and reading back will tell. */
  async #read(position: number, length: number): Promise<Buffer | null> {
    const buffer = this.#target.scratch(position / CHUNK_BYTES);
    try {
      const { bytesRead } = await this.#target.read(buffer, 0, length, position);
      return bytesRead === length ? buffer.subarray(0, length) : null;
    } catch {
      return null;
    }
  }
}
