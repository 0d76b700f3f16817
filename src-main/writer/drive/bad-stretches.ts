import { verifyFailed } from "./errors.ts";

/** Counts what a drive does not give back as it was written. */
export class BadStretches {
  #firstBad: number | null = null;
  #badBytes = 0;
  #checkedBytes = 0;

  add(offset: number, length: number, isBad: boolean): void {
    this.#checkedBytes += length;
    if (!isBad) return;
    this.#firstBad = Math.min(offset, this.#firstBad ?? offset);
    this.#badBytes += length;
  }

  /** DRIVE_VERIFY_FAILED where any was bad. */
  refuse(path: string): void {
    if (this.#firstBad === null) return;
    const counts = { badBytes: this.#badBytes, checkedBytes: this.#checkedBytes };
    throw verifyFailed(path, this.#firstBad, counts);
  }
}
