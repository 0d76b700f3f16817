import { setTimeout as wait } from "node:timers/promises";
import { FloppyError } from "#contract/errors.ts";
import type { ManifestImage } from "#contract/manifest.ts";
import type { Log } from "#core/ports/clock.ts";
import { attempt } from "./attempt.ts";
import type { HttpOptions } from "./http.ts";
import type { Part } from "./part.ts";

export type MirrorOptions = {
  http: HttpOptions;
  /** How long to wait before a mirror that gave nothing is asked again. */
  pausesMs: number[];
};

/** Who is told, and when what arrives may be used. */
export type Watcher = { log: Log; begun(): void };

/** An attempt that gave fewer bytes was in vain: a server must not keep this going byte by byte. */
const LEAST_GAIN = 64 * 1024;

const hostOf = (url: string) => new URL(url).host;

/** Takes what is missing from one mirror, as often as it gives more; null once it is whole, else the reason. */
async function takeFrom(
  url: string,
  part: Part,
  image: ManifestImage,
  { http, pausesMs }: MirrorOptions,
  { log, begun }: Watcher,
  signal: AbortSignal,
): Promise<string | null> {
  const pauses = pausesMs.values();
  for (;;) {
    const before = part.position();
    const outcome = await attempt(part, image, url, { http, begun }, signal);
    if (outcome.state === "whole") return null;
    if (outcome.state === "refused") return outcome.reason;
    if (outcome.state === "wrong") {
      await part.restart();
      // The part that was here before may be what is wrong.
      if (before === 0) return outcome.reason;
      log("warning", `${hostOf(url)}: ${outcome.reason}. All of it is downloaded anew.`);
      continue;
    }
    if (part.position() - before >= LEAST_GAIN) {
      log("info", `${hostOf(url)}: ${outcome.reason}. Going on at byte ${part.position()}.`);
      continue;
    }
    const pause = pauses.next();
    if (pause.done) return outcome.reason;
    await wait(pause.value, undefined, { signal });
  }
}

/** Asks the mirrors in their order until the part is whole; DOWNLOAD_FAILED says why each one was of no use. */
export async function takeFromMirrors(
  part: Part,
  image: ManifestImage,
  options: MirrorOptions,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  const { log } = watcher;
  const failed: { url: string; reason: string }[] = [];
  for (const url of image.urls) {
    const reason = await takeFrom(url, part, image, options, watcher, signal);
    if (reason === null) return log("info", `Downloaded from ${hostOf(url)}; its SHA-256 is the manifest’s.`);
    failed.push({ url, reason });
    log("warning", `${hostOf(url)}: ${reason}.`);
  }
  const reasons = failed.map(({ url, reason }) => `${hostOf(url)}: ${reason}.`);
  throw new FloppyError(
    "DOWNLOAD_FAILED",
    `The image ${image.target} could not be downloaded. ${reasons.join(" ")}`,
    "Nothing was written, and what arrived is kept. Look at the network and start again: it goes on from there.",
    { mirrors: failed },
  );
}
