import type { Host } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import { type Image, type ImageChoice, type Inspection, imageName } from "#contract/images.ts";
import type { FoundManifest } from "#contract/manifest.ts";
import type { PhaseProgress, TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { BuildRequest, Log, Ports } from "../ports.ts";
import { chosenImage } from "./manifest.ts";

/** How far a build or a reading is, or a download. */
type ImageProgress = Extract<PhaseProgress, { kind: "build" | "transfer" }>;
export type ImageObserver = { progress(progress: ImageProgress): void; log: Log };

type ImagePorts = Pick<Ports, "nix" | "downloads" | "writer" | "inventory" | "files">;

/** What to ask of the flake: the target's own SD image, or the installer for its system. */
export function buildRequest(
  ports: Pick<Ports, "bundledFlake">,
  settings: Settings,
  host: Host,
  target: string,
): BuildRequest {
  const attribute = `images.${imageName(host, target)}`;
  return { flake: settings.flake ?? ports.bundledFlake, attribute, system: host.system, settings };
}

/** Before nix has said a word, which may be long: it evaluates first. */
const evaluating: ImageProgress = {
  kind: "build",
  stage: "evaluating",
  doneItems: 0,
  expectedItems: 0,
  doneBytes: 0,
  expectedBytes: 0,
  current: null,
};

function inspecting(progress: TransferProgress): ImageProgress {
  return {
    kind: "build",
    stage: "inspecting",
    doneItems: 0,
    expectedItems: 0,
    doneBytes: progress.position,
    expectedBytes: progress.sizeBytes,
    current: null,
  };
}

/** Reads a file through to its end, unless that was done before and the file is still the same. */
export async function inspectImage(
  ports: Pick<Ports, "files" | "inventory" | "writer">,
  path: string,
  progress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<Inspection> {
  const stat = await ports.files.stat(path);
  if (!stat) {
    throw new FloppyError(
      "IMAGE_NOT_FOUND",
      `There is no file ${path}.`,
      "Nothing was written. Choose another image.",
    );
  }
  const known = await ports.inventory.inspection(path, stat.fileBytes, stat.modifiedMs);
  if (known) return known;
  const found = await ports.writer.inspect(path, progress, signal);
  await ports.inventory.saveInspection(found);
  return found;
}

export async function readManifest(
  downloads: Ports["downloads"],
  { manifest }: Settings,
  signal: AbortSignal,
): Promise<FoundManifest | null> {
  return manifest === null ? null : downloads.manifest(manifest, signal);
}

/** A file of the cache that was damaged since must not be used, nor stand in the way of a good one. */
async function refuseDamaged(
  downloads: Ports["downloads"],
  image: Parameters<typeof downloads.forget>[0],
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

type DownloadChoice = Extract<ImageChoice, { kind: "download" }>;

async function downloadImage(
  ports: ImagePorts,
  choice: DownloadChoice,
  { attribute, settings }: BuildRequest,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Image> {
  const found = await readManifest(ports.downloads, settings, signal);
  if (found?.kept) observe.log("warning", `${found.kept} The manifest is the copy from before.`);
  const image = chosenImage(found, attribute.replace(/^images\./, ""), choice.sha256);
  const path = await ports.downloads.image(
    image,
    { progress: (progress) => observe.progress({ kind: "transfer", ...progress }), log: observe.log },
    signal,
  );
  const onInspect = (progress: TransferProgress) => observe.progress(inspecting(progress));
  const inspection = await inspectImage(ports, path, onInspect, signal);
  await refuseDamaged(ports.downloads, image, inspection);
  // Room is made now and then, and no image waits for it.
  await ports.downloads.prune(found?.images ?? []).catch(() => undefined);
  const provenance = {
    source: "manifest" as const,
    manifest: found?.url ?? "",
    sha256: image.sha256,
    builtFrom: image.builtFrom ?? null,
    signed: found?.signature.state === "signed",
  };
  return { ...inspection, provenance };
}

/** The image of a choice, built or downloaded if need be, read through and described. */
export async function obtainImage(
  ports: ImagePorts,
  choice: ImageChoice,
  request: BuildRequest,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Image> {
  const onInspect = (progress: TransferProgress) => observe.progress(inspecting(progress));
  if (choice.kind === "file") {
    const inspection = await inspectImage(ports, choice.path, onInspect, signal);
    return { ...inspection, provenance: { source: "file", path: choice.path } };
  }
  if (choice.kind === "download") return downloadImage(ports, choice, request, observe, signal);
  observe.progress(evaluating);
  const built = await ports.nix.build(
    request,
    { progress: (progress) => observe.progress({ kind: "build", ...progress }), log: observe.log },
    signal,
  );
  const inspection = await inspectImage(ports, built.path, onInspect, signal);
  return { ...inspection, provenance: built.provenance };
}
