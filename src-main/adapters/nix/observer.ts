import type { BuildProgress } from "#contract/images.ts";
import { buildProgressOf, type NixStream } from "#core/images/nix-stream.ts";
import type { Log } from "#core/ports/clock.ts";

const INTERVAL_MS = 250;
const LINES_AT_ONCE = 100;

/** Tells of a stream at 4 Hz, however fast it comes; `finish` tells the rest at once. */
export function createObserver(observe: { progress(progress: BuildProgress): void; log: Log }) {
  let latest: NixStream | null = null;
  let timer: NodeJS.Timeout | undefined;
  let told = 0;

  function tellLog({ log }: NixStream): void {
    const fresh = log.total - told;
    told = log.total;
    const lines = log.last.slice(-Math.min(fresh, LINES_AT_ONCE));
    const leftOut = fresh - lines.length;
    if (fresh === 0) return;
    if (leftOut > 0) observe.log("info", `… ${leftOut} lines left out …`);
    for (const { level, text } of lines) observe.log(level, text);
  }

  function tell(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!latest) return;
    tellLog(latest);
    observe.progress(buildProgressOf(latest));
    latest = null;
  }

  return {
    watch(stream: NixStream): void {
      latest = stream;
      timer ??= setTimeout(tell, INTERVAL_MS);
    },
    finish: tell,
  };
}
