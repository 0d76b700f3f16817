import { FloppyError } from "#contract/errors.ts";
import { type Inspection, imageContent } from "#contract/images.ts";
import { type Manifest, type ManifestImage, manifest } from "#contract/manifest.ts";

/** How the manifest beside images is called. */
export const MANIFEST_NAME = "images.json";

/** The target that a file's name says: `floppy-raspberry-robot.img.zst` is for `raspberry-robot`. */
export function targetOf(fileName: string): string {
  return fileName.replace(/^floppy-/, "").replace(/\..*$/, "");
}

export type Publication = { url: string; builtFrom: string | null };

/** Where a file of the folder that is served there will be; what follows the folder in its address stays behind it. */
function addressOf(folder: string, fileName: string): string {
  const address = URL.parse(folder);
  // Which addresses are taken is the manifest's to say.
  if (address === null) return folder;
  address.hash = "";
  address.pathname = `${address.pathname.replace(/\/$/, "")}/${encodeURIComponent(fileName)}`;
  return address.href;
}

/** The entry of a file that lies at `url` under its own name. */
export function entryOf(
  fileName: string,
  inspection: Inspection,
  { url, builtFrom }: Publication,
): ManifestImage {
  const { fileBytes, sha256 } = inspection;
  const content = imageContent.safeParse(inspection).data;
  return {
    target: targetOf(fileName),
    urls: [addressOf(url, fileName)],
    fileBytes,
    sha256,
    name: fileName,
    ...(builtFrom !== null && { builtFrom }),
    ...(content && { content }),
  };
}

/** The manifest of those images, or INVALID_INPUT where a bench would refuse it. */
export function manifestOf(images: ManifestImage[]): Manifest {
  const parsed = manifest.safeParse({ version: 1, images });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [, index] = issue?.path ?? [];
  const of = typeof index === "number" ? `${images[index]?.name}: ` : "";
  throw new FloppyError(
    "INVALID_INPUT",
    `No bench would take these images. ${of}${issue?.message ?? ""}`,
    "No manifest was written. Name each file after its target, as raspberry-robot.img.zst, and give an https:// address.",
  );
}
