import type { Patience } from "../ports/targets.ts";

const MINUTE_MS = 60_000;

export const patience: Patience = {
  reachMs: 10 * MINUTE_MS,
  reconnectMs: 10 * MINUTE_MS,
  restartMs: 15 * MINUTE_MS,
};

/** Waits between tries grow up to this. */
const LONGEST_PAUSE_MS = 10_000;

/** How long to wait before the next try, after `tries` that failed. */
export function pauseMs(tries: number): number {
  return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** tries);
}
