/** Images of the manifest: found, downloaded, and held to what was announced. */
import { FloppyError } from "#contract/errors.ts";
import type { Image, ImageChoice, Inspection, Provenance } from "#contract/images.ts";
import { ageless, type FoundManifest, type ManifestImage } from "#contract/manifest.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { Arrival, BuildRequest, DownloadObserver } from "../ports/images.ts";
import type { Ports } from "../ports/ports.ts";
import { startDownload } from "./arrival.ts";
import { tellBehind } from "./behind.ts";
import { inspectImage } from "./inspect.ts";
import { chosenImage } from "./manifest.ts";
import { type ImageObserver, inspecting } from "./progress.ts";

export type DownloadChoice = Extract<ImageChoice, { kind: "download" }>;

/** An image; one with an arrival may be written already, and is whole when that has ended. */
export type Obtained = { image: Image; arrival: Arrival | null };

type DownloadPorts = Pick<Ports, "downloads" | "writer" | "inventory" | "files">;

export async function readManifest(
  downloads: Ports["downloads"],
  { manifest }: Settings,
  signal: AbortSignal,
): Promise<FoundManifest | null> {
  return manifest === null ? null : downloads.manifest(manifest, signal);
}

type Listed = { image: ManifestImage; provenance: Provenance; prune(): Promise<void> };

async function findListed(
  downloads: Ports["downloads"],
  choice: DownloadChoice,
  { attribute, settings }: BuildRequest,
  { log }: ImageObserver,
  signal: AbortSignal,
): Promise<Listed> {
  const found = await readManifest(downloads, settings, signal);
  if (found?.kept) log("warning", `${found.kept} The manifest is the copy from before.`);
  const age = found && ageless(found);
  if (age) log("warning", `The manifest is signed. ${age}`);
  const image = chosenImage(found, attribute.replace(/^images\./, ""), choice.sha256);
  return {
    image,
    provenance: {
      source: "manifest",
      manifest: found?.url ?? "",
      sha256: image.sha256,
      builtFrom: image.builtFrom ?? null,
      signed: found?.signature.state === "signed",
    },
    // Room is made now and then, and no image waits for it.
    prune: () => downloads.prune(found?.images ?? []).catch(() => undefined),
  };
}

/** A file of the cache that was damaged since must not be used, nor stand in the way of a good one. */
async function refuseDamaged(
  downloads: Ports["downloads"],
  image: ManifestImage,
  { sha256, path }: Inspection,
): Promise<void> {
  if (sha256 === image.sha256) return;
  await downloads.forget(image);
  throw new FloppyError(
    "IMAGE_CHANGED",
    "The downloaded image was damaged on this machine’s disk.",
    "Nothing was written, and the damaged file is removed. Start again: it is downloaded anew.",
    { path, sha256 },
  );
}

async function describe(
  ports: DownloadPorts,
  { image, provenance, prune }: Listed,
  path: string,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Image> {
  const onInspect = (progress: TransferProgress) => observe.progress(inspecting(progress));
  const inspection = await inspectImage(ports, path, onInspect, signal);
  await refuseDamaged(ports.downloads, image, inspection);
  tellBehind(observe.log, inspection);
  await prune();
  return { ...inspection, provenance };
}

const asTransfer = ({ progress, log }: ImageObserver): DownloadObserver => ({
  progress: (made) => progress({ kind: "transfer", ...made }),
  log,
});

/** The image that was chosen, downloaded to its end unless it was before. */
export async function downloadImage(
  ports: DownloadPorts,
  choice: DownloadChoice,
  request: BuildRequest,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Image> {
  const listed = await findListed(ports.downloads, choice, request, observe, signal);
  const path = await ports.downloads.image(listed.image, asTransfer(observe), signal);
  return describe(ports, listed, path, observe, signal);
}

/** As `downloadImage`, but where the manifest tells what the image holds, it can be written from its first byte on. */
export async function beginDownload(
  ports: DownloadPorts,
  choice: DownloadChoice,
  request: BuildRequest,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Obtained> {
  const listed = await findListed(ports.downloads, choice, request, observe, signal);
  const download = await startDownload(ports.downloads, listed.image, asTransfer(observe), signal);
  if (download.state === "whole")
    return { image: await describe(ports, listed, download.path, observe, signal), arrival: null };
  const { inspection, arrival } = download;
  arrival.whole.then(listed.prune, () => undefined);
  return { image: { ...inspection, provenance: listed.provenance }, arrival };
}
