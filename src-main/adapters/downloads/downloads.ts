import { rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { FoundManifest, ManifestImage, ManifestPlace } from "#contract/manifest.ts";
import type { TransferProgress } from "#contract/runs.ts";
import { Meter } from "#core/meter.ts";
import type { DownloadObserver, Downloads } from "#core/ports/images.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { errorCode } from "../error-code.ts";
import { DiskTrouble } from "./attempt.ts";
import { defaultHttp } from "./http.ts";
import { loadManifest } from "./manifest.ts";
import { type MirrorOptions, takeFromMirrors } from "./mirrors.ts";
import { openPart, type Part } from "./part.ts";
import { prune } from "./prune.ts";
import { createSeenSerials } from "./seen-serials.ts";
import { createTurns } from "./turns.ts";

type Options = Partial<MirrorOptions> & {
  folder: string;
  /** Where it is kept which serials of signed manifests were seen. */
  seenFolder?: string;
  now?: () => Date;
};

const REPORT_MS = 250;

/** Tells where a part stands at its start, four times a second, and at its end; returns what ends it. */
function reportPart(
  part: Part,
  sizeBytes: number,
  progress: (progress: TransferProgress) => void,
): () => void {
  const meter = new Meter(sizeBytes, performance.now(), part.position());
  const report = () => progress(meter.at(Math.min(part.position(), sizeBytes), performance.now()));
  report();
  const timer = setInterval(report, REPORT_MS);
  return () => {
    clearInterval(timer);
    report();
  };
}

function unwritable(folder: string, thrown: unknown): FloppyError {
  const isFull = ["ENOSPC", "EDQUOT"].includes(errorCode(thrown));
  return new FloppyError(
    isFull ? "DISK_FULL" : "FILE_UNWRITABLE",
    isFull
      ? "The disk is full: the image cannot be downloaded."
      : `The image cannot be downloaded into ${folder}.`,
    "Nothing was written to a drive. Make room or make the folder writable, then start again: it goes on where it stopped.",
    { folder, reason: String(thrown) },
  );
}

async function isWhole(file: string, { fileBytes }: ManifestImage): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() === true && found.size === fileBytes;
}

/** Images of a manifest, in a folder where they stay as long as they are of use. */
export function createDownloads({
  folder,
  seenFolder = join(folder, "seen"),
  now = () => new Date(),
  ...given
}: Options): Downloads {
  const options: MirrorOptions = { http: defaultHttp, pausesMs: [1000, 3000], ...given };
  const manifests = { folder, http: options.http, seen: createSeenSerials(seenFolder), now };
  const turns = createTurns<TransferProgress>();
  const fileOf = ({ sha256, name, target }: ManifestImage) => join(folder, sha256, name ?? `${target}.img`);

  async function download(
    image: ManifestImage,
    observe: DownloadObserver,
    signal: AbortSignal,
  ): Promise<void> {
    const part = await openPart(folder, image.sha256);
    try {
      const begun = () => observe.begun?.({ part: part.file, path: fileOf(image) });
      const stop = reportPart(part, image.fileBytes, observe.progress);
      await takeFromMirrors(part, image, options, { log: observe.log, begun }, signal).finally(stop);
      makeFolder(dirname(fileOf(image)));
      await part.finish(fileOf(image));
    } finally {
      await part.close();
    }
  }

  async function obtain(
    image: ManifestImage,
    observe: DownloadObserver,
    signal: AbortSignal,
  ): Promise<string> {
    const file = fileOf(image);
    if (await isWhole(file, image)) return file;
    try {
      await download(image, observe, signal);
    } catch (thrown) {
      if (signal.aborted) throw cancelled("Downloading");
      if (thrown instanceof FloppyError) throw thrown;
      throw unwritable(folder, thrown instanceof DiskTrouble ? thrown.cause : thrown);
    }
    return file;
  }

  async function manifest(
    place: ManifestPlace,
    goBackTo: number | null,
    signal: AbortSignal,
  ): Promise<FoundManifest> {
    const { images, signature, skipped, kept } = await loadManifest(place, manifests, goBackTo, signal);
    const found = images.map(async (image) => ({ ...image, here: await isWhole(fileOf(image), image) }));
    return { url: place.url, signature, skipped, kept, images: await Promise.all(found) };
  }

  return {
    manifest: (place, signal) => manifest(place, null, signal),
    goBack: manifest,
    image: (image, observe, signal) =>
      turns.take(image.sha256, observe.progress, signal, (progress) =>
        obtain(image, { ...observe, progress }, signal),
      ),
    forget: ({ sha256 }) => rm(join(folder, sha256), { recursive: true, force: true }),
    prune: (named) => prune(folder, named, Date.now()),
  };
}
