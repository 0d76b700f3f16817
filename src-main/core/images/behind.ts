import type { Inspection } from "#contract/images.ts";
import type { Log } from "../ports.ts";

/** What is not written of an image's file is said once. */
export function tellBehind(log: Log, { behind }: Inspection): void {
  if (!behind) return;
  const what = {
    zeros: "zeros",
    openwrt: "OpenWrt’s metadata and signature",
  }[behind.kind];
  log(
    "info",
    `Behind the packed image lie ${behind.bytes} bytes that are no part of it (${what}). They are not written.`,
  );
}
