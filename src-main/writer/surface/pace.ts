import type { Pace } from "#contract/media.ts";

const PARTS = 64;
const LEAST_PART_BYTES = 1024 ** 2;
/** The slowest that any card promises. */
const CRAWL_BYTES_PER_SECOND = 2e6;
/** A part or two may be slow once: a card tidies up now and then. */
const CRAWLING_SHARE = 0.05;

/** How fast a drive is, part by part. */
export class PaceMeter {
  readonly #partBytes: number;
  readonly #speeds: number[] = [];
  #bytes = 0;
  #milliseconds = 0;

  constructor(sizeBytes: number) {
    this.#partBytes = Math.max(LEAST_PART_BYTES, sizeBytes / PARTS);
  }

  add(bytes: number, milliseconds: number): void {
    this.#bytes += bytes;
    this.#milliseconds += milliseconds;
    if (this.#bytes >= this.#partBytes) this.#finishPart();
  }

  pace(): Pace {
    if (this.#speeds.length === 0) this.#finishPart();
    const sorted = this.#speeds.toSorted((a, b) => a - b);
    return { slowest: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 };
  }

  /** Whether more of the drive is slower than any card may be than can be put down to a hiccup. */
  crawls(): boolean {
    const slow = this.#speeds.filter((speed) => speed < CRAWL_BYTES_PER_SECOND).length;
    return slow > this.#speeds.length * CRAWLING_SHARE;
  }

  #finishPart(): void {
    // A clock that did not move: as fast as it can tell.
    this.#speeds.push((this.#bytes / Math.max(this.#milliseconds, 0.001)) * 1000);
    this.#bytes = 0;
    this.#milliseconds = 0;
  }
}
