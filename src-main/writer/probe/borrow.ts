import type { Marks } from "./marks.ts";
import { isMediumError, type Medium } from "./medium.ts";
import { PROBE_BYTES } from "./places.ts";

export type BorrowedBlock = { place: number; original: Buffer };

/** Where borrowed blocks are kept safe, should this process die before it has put them back. */
export type Safe = {
  /** Resolves when they would survive a power cut. */
  keep(seed: string, blocks: BorrowedBlock[]): Promise<void>;
  /** Everything is back in its place. */
  empty(): Promise<void>;
};

/** For a drive whose content is to be replaced anyway. */
export const noSafe: Safe = { keep: async () => undefined, empty: async () => undefined };

/**
 * Puts marks on blocks of a drive, and later what was there before. Of a drive that begins anew somewhere, several
 * places are one block: what is given back last is what was read first, before there was any mark.
 */
export class Loan {
  readonly #medium: Medium;
  readonly #marks: Marks;
  readonly #safe: Safe;
  readonly #borrowed = new Map<number, Buffer>();
  /** Those that took no mark, and so have lost nothing. */
  readonly #refused = new Set<number>();

  constructor(medium: Medium, marks: Marks, safe: Safe) {
    this.#medium = medium;
    this.#marks = marks;
    this.#safe = safe;
  }

  /** Blocks that cannot be read stay as they are; those that cannot be written are found without their mark. */
  async mark(places: number[]): Promise<void> {
    const blocks: BorrowedBlock[] = [];
    for (const place of places) {
      const original = await this.#read(place);
      if (original !== null) blocks.push({ place, original });
    }
    await this.#safe.keep(this.#marks.seed, blocks);
    for (const { place, original } of blocks) {
      this.#borrowed.set(place, original);
      await this.#write(this.#marks.at(place), place);
    }
    await this.#medium.sync();
  }

  /** Whether there lies the mark of that place, or of another one. */
  async hasMark(place: number, of = place): Promise<boolean> {
    return (await this.#read(place))?.equals(this.#marks.at(of)) === true;
  }

  async isUnchanged(place: number): Promise<boolean> {
    const original = this.#borrowed.get(place);
    return original !== undefined && (await this.#read(place))?.equals(original) === true;
  }

  async giveBack(): Promise<void> {
    for (const [place, original] of [...this.#borrowed].reverse()) {
      if (!this.#refused.has(place)) await this.#medium.write(original, place);
    }
    await this.#medium.sync();
    await this.#safe.empty();
  }

  async #read(place: number): Promise<Buffer | null> {
    const block = this.#medium.buffer(PROBE_BYTES);
    try {
      await this.#medium.read(block, place);
      return block;
    } catch (error) {
      if (isMediumError(error)) return null;
      throw error;
    }
  }

  async #write(mark: Buffer, place: number): Promise<void> {
    try {
      await this.#medium.write(mark, place);
    } catch (error) {
      if (!isMediumError(error)) throw error;
      this.#refused.add(place);
    }
  }
}
