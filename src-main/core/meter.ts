import type { TransferProgress } from "#contract/runs.ts";

/** The speed shown is that of the last two seconds. */
const WINDOW_MS = 2000;

/** Turns positions into progress. `now` in milliseconds, from any origin. */
export class Meter {
  readonly #sizeBytes: number;
  readonly #startedMs: number;
  readonly #from: number;
  #samples: { position: number; ms: number }[];

  /** `from` is where it begins: what was there before is no speed. */
  constructor(sizeBytes: number, now: number, from = 0) {
    this.#sizeBytes = sizeBytes;
    this.#startedMs = now;
    this.#from = from;
    this.#samples = [{ position: from, ms: now }];
  }

  at(position: number, now: number): TransferProgress {
    this.#samples = [
      ...this.#samples.filter((sample) => now - sample.ms <= WINDOW_MS),
      { position, ms: now },
    ];
    const oldest = this.#samples[0] ?? { position: this.#from, ms: this.#startedMs };
    const speed = perSecond(position - oldest.position, now - oldest.ms);
    const remaining = this.#sizeBytes - position;
    return {
      position,
      sizeBytes: this.#sizeBytes,
      speed,
      averageSpeed: perSecond(position - this.#from, now - this.#startedMs),
      etaSeconds: speed > 0 ? remaining / speed : null,
    };
  }
}

function perSecond(bytes: number, ms: number): number {
  return ms > 0 ? (bytes / ms) * 1000 : 0;
}
