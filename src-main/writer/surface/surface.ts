import { badBlocks, becameReadOnly } from "../probe/errors.ts";
import { isMediumError, type Medium } from "../probe/medium.ts";
import { Pattern } from "./pattern.ts";
import { BLOCK_BYTES, Tally } from "./tally.ts";

export const CHUNK_BYTES = 1024 ** 2;
export const replaced = "What was on it was replaced by the test.";

/** A drive that fails this often is found out; waiting for each of its blocks could take days. */
const FAILURES_ENOUGH = 256;

type Range = { at: number; end: number };

/** All blocks of a drive, to be written with a pattern and compared with it, however many of them are broken. */
export class Surface {
  readonly tally = new Tally();
  readonly #medium: Medium;
  readonly #pattern = new Pattern(CHUNK_BYTES);
  readonly #expected: Buffer;
  readonly #found: Buffer;
  #failures = 0;
  #firstFailure = Number.POSITIVE_INFINITY;

  constructor(medium: Medium) {
    this.#medium = medium;
    this.#expected = medium.buffer(CHUNK_BYTES);
    this.#found = medium.buffer(CHUNK_BYTES);
  }

  async write(position: number, length: number): Promise<void> {
    const chunk = this.#fill(position, length);
    try {
      await this.#medium.write(chunk, position);
    } catch (error) {
      if (!isMediumError(error)) throw error;
      if (position > 0 && !(await this.keeps())) throw becameReadOnly(this.#medium.path, position, replaced);
      this.#fill(position, length);
      // What fails is found once more, and counted, when it is read back.
      await this.#eachBlock(position, length, ({ at, end }) =>
        this.#medium.write(chunk.subarray(at, end), position + at),
      );
    }
  }

  async compare(position: number, length: number): Promise<void> {
    const expected = this.#fill(position, length);
    const found = this.#found.subarray(0, length);
    const placeOf = (block: Buffer) => this.#pattern.placeOf(block);
    try {
      await this.#medium.read(found, position);
      this.tally.compare(expected, found, position, placeOf);
    } catch (error) {
      if (!isMediumError(error)) throw error;
      await this.#eachBlock(position, length, async ({ at, end }) => {
        const block = found.subarray(at, end);
        await this.#medium.read(block, position + at).catch((thrown: unknown) => {
          this.tally.addUnreadable(position + at, end - at);
          throw thrown;
        });
        this.tally.compare(expected.subarray(at, end), block, position + at, placeOf);
      });
    }
  }

  /** Whether the drive keeps what is written to its beginning now. */
  async keeps(): Promise<boolean> {
    const fresh = this.#medium.buffer(BLOCK_BYTES);
    new Pattern(BLOCK_BYTES).fill(fresh, 0);
    const kept = this.#medium.buffer(BLOCK_BYTES);
    try {
      await this.#medium.write(fresh, 0);
      await this.#medium.sync();
      await this.#medium.read(kept, 0);
      await this.#medium.write(this.#fill(0, BLOCK_BYTES), 0);
    } catch (error) {
      if (isMediumError(error)) return false;
      throw error;
    }
    return kept.equals(fresh);
  }

  #fill(position: number, length: number): Buffer {
    const chunk = this.#expected.subarray(0, length);
    this.#pattern.fill(chunk, position);
    return chunk;
  }

  /** Goes block by block over a chunk that failed as a whole, up to the failure that is one too many. */
  async #eachBlock(position: number, length: number, act: (range: Range) => Promise<void>): Promise<void> {
    for (let at = 0; at < length; at += BLOCK_BYTES) {
      const end = Math.min(at + BLOCK_BYTES, length);
      try {
        await act({ at, end });
      } catch (error) {
        if (!isMediumError(error)) throw error;
        this.#countFailure(position + at);
      }
    }
  }

  #countFailure(position: number): void {
    this.#failures += 1;
    this.#firstFailure = Math.min(this.#firstFailure, position);
    if (this.#failures < FAILURES_ENOUGH) return;
    const checkedBlocks = Math.ceil(position / BLOCK_BYTES) + 1;
    const bad = { badOffset: this.#firstFailure, badBlocks: this.#failures, checkedBlocks };
    throw badBlocks(this.#medium.path, bad, replaced);
  }
}
