import type { WriteMode } from "#contract/writer.ts";

/** `probe`: read one block, and compare all of the chunk only where that is the same. */
export type Step = "write" | "probe" | "compare";

/** Two chunks in a row that are mostly new, and the old content is no longer worth its reading. */
const PATIENCE = 2;
/** While the old content is of no use, a look now and then costs next to nothing. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 16;

/**
 * Decides chunk by chunk what a drive's old content is good for. A card that holds an earlier image, or the first half
 * of this one, is compared from the first block on that is the same; a blank or foreign one is read a block here and
 * there, which takes no time.
 */
export class Comparison {
  readonly #mode: WriteMode;
  #comparing = false;
  #disappointments = 0;
  #pause = FIRST_PAUSE;
  #untilProbe = 0;

  constructor(mode: WriteMode) {
    this.#mode = mode;
  }

  /** What to do with the next chunk. */
  next(): Step {
    if (this.#mode !== "auto") return this.#mode === "full" ? "write" : "compare";
    if (this.#comparing) return "compare";
    if (this.#untilProbe > 0) {
      this.#untilProbe -= 1;
      return "write";
    }
    this.#untilProbe = this.#pause;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    return "probe";
  }

  /** How much of the chunk that was compared the drive held already, from 0 to 1. */
  found(share: number): void {
    this.#disappointments = share < 1 / 2 ? this.#disappointments + 1 : 0;
    this.#comparing = this.#disappointments < PATIENCE;
    if (share >= 1 / 2) this.#pause = FIRST_PAUSE;
    if (!this.#comparing) this.#disappointments = 0;
  }
}
