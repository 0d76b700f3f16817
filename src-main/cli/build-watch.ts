import { QUIET_MS } from "#contract/quiet.ts";
import { formatSeconds } from "#core/text/format.ts";

const SECOND_MS = 1000;

export type BuildWatch = {
  /** Nix said something; the first time, the build began. */
  heard(): void;
  /** How long the build takes so far, and how long nix has said nothing where that is long. */
  words(): string[];
  quietMs(): number;
  stop(): void;
};

/** Ticks once a second while a build is under way, so that one that hangs does not look like one that works. */
export function createBuildWatch(tick: () => void): BuildWatch {
  let startedMs = 0;
  let heardMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const quietMs = () => (timer ? Date.now() - heardMs : 0);
  return {
    heard() {
      heardMs = Date.now();
      if (timer) return;
      startedMs = heardMs;
      timer = setInterval(tick, SECOND_MS).unref();
    },
    quietMs,
    words() {
      if (!timer) return [];
      const elapsed = formatSeconds((Date.now() - startedMs) / SECOND_MS);
      const quiet = quietMs() < QUIET_MS ? [] : [`nix quiet for ${formatSeconds(quietMs() / SECOND_MS)}`];
      return [...quiet, elapsed];
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
