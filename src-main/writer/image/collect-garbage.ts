import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "minor" }) => void;

const EVERY_BYTES = 8 * 1024 ** 2;

/** A context of its own is not cheap: one for all. */
let collect: Collect | null = null;

function exposeCollector(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

/**
 * Frees chunks that were used up, once so many bytes of them went by. Left alone, V8 lets them pile up to 64 MiB and
 * more; taken away early they cost a few milliseconds a GiB, and decoders get warm memory back.
 */
export function createCollector(): (bytes: number) => void {
  collect ??= exposeCollector();
  const now = collect;
  let pending = 0;
  return (bytes) => {
    pending += bytes;
    if (pending < EVERY_BYTES) return;
    pending = 0;
    now({ type: "minor" });
  };
}
