import type { Host } from "#contract/catalog.ts";
import { type Image, type ImageChoice, imageName } from "#contract/images.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { BuildRequest } from "../ports/images.ts";
import type { Ports } from "../ports/ports.ts";
import { tellBehind } from "./behind.ts";
import { beginDownload, downloadImage, type Obtained } from "./download.ts";
import { inspectImage } from "./inspect.ts";
import { evaluating, type ImageObserver, inspecting } from "./progress.ts";

type ImagePorts = Pick<Ports, "nix" | "downloads" | "practiceImages" | "writer" | "inventory" | "files">;

/** What to build, and for which medium. */
export type ImageRequest = BuildRequest & { medium: Host["medium"] };

/** What to ask of the flake: the target's own SD image, or the installer for its system. */
export function buildRequest(
  ports: Pick<Ports, "bundledFlake">,
  settings: Settings,
  host: Host,
  target: string,
): ImageRequest {
  const { system, medium } = host;
  const attribute = `images.${imageName(host, target)}`;
  return { flake: settings.flake ?? ports.bundledFlake, attribute, system, medium, settings };
}

/** The image of a choice, built or downloaded if need be, read through and described. */
export async function obtainImage(
  ports: ImagePorts,
  choice: ImageChoice,
  request: ImageRequest,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Image> {
  const onInspect = (progress: TransferProgress) => observe.progress(inspecting(progress));
  if (choice.kind === "file") {
    const inspection = await inspectImage(ports, choice.path, onInspect, signal);
    tellBehind(observe.log, inspection);
    return { ...inspection, provenance: { source: "file", path: choice.path } };
  }
  if (choice.kind === "practice") {
    const path = await ports.practiceImages.image(request.medium, signal);
    return { ...(await inspectImage(ports, path, onInspect, signal)), provenance: { source: "practice" } };
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

/** As `obtainImage`, but a download is not waited for where it can be written as it comes. */
export async function obtainForWriting(
  ports: ImagePorts,
  choice: ImageChoice,
  request: ImageRequest,
  observe: ImageObserver,
  signal: AbortSignal,
): Promise<Obtained> {
  if (choice.kind === "download") return beginDownload(ports, choice, request, observe, signal);
  return { image: await obtainImage(ports, choice, request, observe, signal), arrival: null };
}
