import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { type FoundManifest, type Manifest, type ManifestImage, manifest } from "#contract/manifest.ts";
import { parseJson } from "../text/json.ts";

const NOTHING_WRITTEN = "Nothing was written.";

export function manifestUnreadable(url: string, reason: string): FloppyError {
  return new FloppyError(
    "MANIFEST_UNREADABLE",
    `The image manifest ${url} cannot be read. ${reason}`,
    `${NOTHING_WRITTEN} Try again, correct its address in Settings, or build the image or use a file instead.`,
    { url },
  );
}

export function manifestUntrusted(url: string, reason: string): FloppyError {
  return new FloppyError(
    "MANIFEST_UNTRUSTED",
    `The image manifest ${url} is not used: ${reason}`,
    `${NOTHING_WRITTEN} Ask whoever publishes it, or correct the public key in Settings.`,
    { url },
  );
}

/** What a manifest's text says; throws MANIFEST_UNREADABLE. */
export function parseManifest(url: string, text: string): Manifest {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw manifestUnreadable(url, "It is not JSON.");
  }
  const parsed = manifest.safeParse(value);
  if (parsed.success) return parsed.data;
  throw manifestUnreadable(url, z.prettifyError(parsed.error));
}

function missing(message: string, manifest: string | null): FloppyError {
  return new FloppyError(
    "MANIFEST_IMAGE_MISSING",
    message,
    `${NOTHING_WRITTEN} Choose an image again, or build it, or use a file.`,
    { manifest },
  );
}

/** The image of that name; throws MANIFEST_IMAGE_MISSING. */
export function listedImage(found: FoundManifest | null, target: string): ManifestImage {
  const listed = found?.images.find((image) => image.target === target);
  if (listed) return listed;
  throw missing(
    found ? `The manifest names no image for ${target}.` : "No image manifest is set in Settings.",
    found?.url ?? null,
  );
}

/** The very image that was shown when it was chosen: a manifest that changed meanwhile changes no choice. */
export function chosenImage(found: FoundManifest | null, target: string, sha256: string): ManifestImage {
  const listed = listedImage(found, target);
  if (listed.sha256 === sha256) return listed;
  throw missing(
    `The manifest names another image for ${target} than the one that was chosen.`,
    found?.url ?? null,
  );
}
