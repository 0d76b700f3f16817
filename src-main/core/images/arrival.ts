/** Images that are written while they are downloaded. */
import { FloppyError, toErrorData } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import { contentToStream, type ManifestImage } from "#contract/manifest.ts";
import type { Arrival, DownloadObserver, Downloads } from "../ports/images.ts";

/** What becomes of a download: an image that may be written already, or the path of one that is whole. */
export type Download =
  | { state: "arriving"; inspection: Inspection; arrival: Arrival }
  | { state: "whole"; path: string };

/** Nobody has read the file to its end yet, so it is not taken for one that was. */
const NOT_YET = 0;

/** Downloads an image; resolves as soon as its first bytes can come, where it can be written from them on. */
export async function startDownload(
  downloads: Downloads,
  image: ManifestImage,
  observe: DownloadObserver,
  signal: AbortSignal,
): Promise<Download> {
  const content = contentToStream(image);
  if (!content) return { state: "whole", path: await downloads.image(image, observe, signal) };
  const { fileBytes, sha256 } = image;
  const begun = Promise.withResolvers<{ part: string; path: string }>();
  const watching = createWatching(observe, begun.resolve);
  const whole = downloads.image(image, watching.observe, signal);
  const at = await Promise.race([begun.promise, whole]);
  if (typeof at === "string") return { state: "whole", path: at };
  // Who writes it looks at this in time; meanwhile it may fail.
  whole.catch(() => undefined);
  const inspection = { ...content, path: at.path, fileBytes, sha256, modifiedMs: NOT_YET };
  return { state: "arriving", inspection, arrival: { part: at.part, watch: watching.watch, whole } };
}

function createWatching(observe: DownloadObserver, begun: NonNullable<DownloadObserver["begun"]>) {
  const watchers = new Set<(bytes: number) => void>();
  let position = 0;
  return {
    observe: {
      log: observe.log,
      begun,
      progress(progress) {
        position = progress.position;
        for (const tell of watchers) tell(position);
        observe.progress(progress);
      },
    } satisfies DownloadObserver,
    watch(tell: (bytes: number) => void) {
      watchers.add(tell);
      tell(position);
      return () => watchers.delete(tell);
    },
  };
}

/** Stands beside the writing of an image that is arriving: where it does not arrive, that ends, with the reason why. */
export function attendArrival(arrival: Arrival | null) {
  const broken = new AbortController();
  arrival?.whole.catch(() => broken.abort());
  return {
    /** What the writing of one drive is to end by. */
    joined: (signal: AbortSignal) => AbortSignal.any([signal, broken.signal]),
    async explained<Result>(writing: Promise<Result>, signal: AbortSignal): Promise<Result> {
      try {
        return await writing;
      } catch (thrown) {
        if (broken.signal.aborted && !signal.aborted) await arrival?.whole.catch(refuseBegun);
        throw thrown;
      }
    },
  };
}

function refuseBegun(thrown: unknown): never {
  const { code, message, details } = toErrorData(thrown);
  throw new FloppyError(
    code,
    message,
    "The medium was begun and cannot boot. What arrived of the image is kept: mend this and start again, and the download goes on from there.",
    details,
  );
}
