import type { TargetFacts } from "#contract/targets.ts";
import { cut, formatDuration, formatMemory } from "../../ui/format.ts";

const DAY_SECONDS = 86_400;
/** A clock that is off by less is not worth a word. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** Below this a battery may not outlast an installation. */
const LOW_BATTERY_PERCENT = 40;

/** Null where it is right, `2 h 05 min behind` where it is not. */
export function clockWords(offsetSeconds: number): string | null {
  const off = Math.abs(offsetSeconds);
  if (off <= CLOCK_TOLERANCE_SECONDS) return null;
  const much = off < 2 * DAY_SECONDS ? formatDuration(off) : `${Math.round(off / DAY_SECONDS)} days`;
  return `${much} ${offsetSeconds > 0 ? "ahead" : "behind"}`;
}

function powerWords(power: TargetFacts["power"]): string {
  if (power.source === "mains") return "on mains";
  return power.percent === null ? "on battery" : `on battery, ${Math.round(power.percent)} %`;
}

/** The machine in one line: `Dell Inc. Latitude 5440 · UEFI · 16 GiB memory · on mains`. */
export function factsWords({
  product,
  firmware,
  memoryBytes,
  power,
  clockOffsetSeconds,
}: TargetFacts): string {
  const clock = clockWords(clockOffsetSeconds);
  return [
    cut(product ?? "", 60) || "Unknown machine",
    firmware === "uefi" ? "UEFI" : "legacy BIOS",
    `${formatMemory(memoryBytes)} memory`,
    powerWords(power),
    ...(clock ? [`its clock was ${clock}, and is set`] : []),
  ].join(" · ");
}

/** Whether to ask for the mains before anything is erased. */
export function needsMains({ power }: TargetFacts): boolean {
  return power.source === "battery" && (power.percent ?? 0) < LOW_BATTERY_PERCENT;
}
