import type { Inspection } from "#contract/images.ts";
import type { Log } from "../ports/clock.ts";

const kinds = {
  // Nobody misses them.
  zeros: { level: "info", what: "zeros" },
  openwrt: { level: "warning", what: "OpenWrt’s metadata and signature" },
} as const;

/** What is not written of an image's file is said. */
export function tellBehind(log: Log, { behind }: Inspection): void {
  if (!behind) return;
  const { level, what } = kinds[behind.kind];
  log(
    level,
    `Behind the packed image lie ${behind.bytes} bytes that are not part of it (${what}): not written.`,
  );
}
