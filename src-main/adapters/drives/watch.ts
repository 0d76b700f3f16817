import { setTimeout as delay } from "node:timers/promises";
import type { Drive } from "#contract/drives.ts";

export type Watched = {
  /** Cheap, asked at every turn; the list is only read when it differs. */
  fingerprint(): string;
  list(): Promise<Drive[]>;
  intervalMs: number;
};

/**
 * Calls back with the list as it is at first, and then whenever it changed. A scan that fails is tried again at
 * the next turn; scans never overlap. Returns the function that stops it, after which nothing is called any more.
 */
export function watchDrives(watched: Watched, listener: (drives: Drive[]) => void): () => void {
  const stop = new AbortController();
  void follow(watched, listener, stop.signal);
  return () => stop.abort();
}

async function follow(
  { fingerprint, list, intervalMs }: Watched,
  listener: (drives: Drive[]) => void,
  stop: AbortSignal,
): Promise<void> {
  let seen: string | null = null;
  let told: string | null = null;
  while (!stop.aborted) {
    // Taken before the scan, so that a change during the scan leads to another one.
    const print = fingerprint();
    const drives = print === seen ? null : await list().catch(() => null);
    if (stop.aborted) return;
    if (drives) {
      seen = print;
      const state = JSON.stringify(drives);
      if (state !== told) listener(drives);
      told = state;
    }
    await delay(intervalMs, undefined, { signal: stop }).catch(() => undefined);
  }
}
