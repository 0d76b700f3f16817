import type { Host } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import type { BuildProgress, Image, ImageChoice, Inspection } from "#contract/images.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { BuildRequest, Log, Ports } from "../ports.ts";

export type ImageObserver = { progress(progress: BuildProgress): void; log: Log };

type ImagePorts = Pick<Ports, "nix" | "writer" | "inventory" | "files">;

/** What to ask of the flake: the target's own SD image, or the installer for its system. */
export function buildRequest(
  ports: Pick<Ports, "bundledFlake">,
  settings: Settings,
  host: Host,
  target: string,
): BuildRequest {
  const attribute =
    host.medium === "card" ? `images.${target}` : `images.installer-${host.system.split("-")[0]}`;
  return { flake: settings.flake ?? ports.bundledFlake, attribute, system: host.system, settings };
}

/** Before nix has said a word, which may be long: it evaluates first. */
const evaluating: BuildProgress = {
  stage: "evaluating",
  doneItems: 0,
  expectedItems: 0,
  doneBytes: 0,
  expectedBytes: 0,
  current: null,
};

function inspecting(progress: TransferProgress): BuildProgress {
  return {
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

/** The image of a choice, built if need be, read through and described. */
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
  observe.progress(evaluating);
  const built = await ports.nix.build(request, observe, signal);
  const inspection = await inspectImage(ports, built.path, onInspect, signal);
  return { ...inspection, provenance: built.provenance };
}
