import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import {
  type FoundManifest,
  type Manifest,
  type ManifestImage,
  manifest,
  manifestImage,
} from "#contract/manifest.ts";
import { readable } from "../text/readable.ts";

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

const envelope = z.object({ version: z.literal(1), images: z.array(z.unknown()).max(1000) });
const named = z.object({ target: z.string().max(100) });

/**
 * What a manifest's text says; throws MANIFEST_UNREADABLE. An image that a later Floppy is meant for, or a mistake,
 * loses none of the others; a signature is of the whole text, whatever of it is used.
 */
export function parseManifest(url: string, text: string): Manifest & { skipped: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw manifestUnreadable(url, "It is not JSON.");
  }
  const outer = envelope.safeParse(value);
  if (!outer.success) throw manifestUnreadable(url, z.prettifyError(outer.error));
  const each = outer.data.images.map((told, index) => readImage(told, index));
  const images = each.flatMap((one) => ("image" in one ? [one.image] : []));
  const skipped = each.flatMap((one) => ("reason" in one ? [one.reason] : []));
  if (images.length === 0 && skipped.length > 0) throw manifestUnreadable(url, skipped.join("\n"));
  const parsed = manifest.safeParse({ version: 1, images });
  if (parsed.success) return { ...parsed.data, skipped };
  throw manifestUnreadable(url, z.prettifyError(parsed.error));
}

function readImage(told: unknown, index: number): { image: ManifestImage } | { reason: string } {
  const parsed = manifestImage.safeParse(told);
  if (parsed.success) return { image: parsed.data };
  const name = readable(named.safeParse(told).data?.target ?? `image ${index + 1}`, 100);
  return { reason: `${name}: ${readable(z.prettifyError(parsed.error), 300)}` };
}

function missing(message: string, manifest: string | null): FloppyError {
  return new FloppyError(
    "MANIFEST_IMAGE_MISSING",
    message,
    `${NOTHING_WRITTEN} Choose an image again, or build it, or use a file.`,
    { manifest },
  );
}

function notUsed({ skipped }: FoundManifest): string {
  return skipped.length > 0 ? ` This is not understood in it: ${skipped.join(" ")}` : "";
}

/** The image of that name; throws MANIFEST_IMAGE_MISSING. */
export function listedImage(found: FoundManifest | null, target: string): ManifestImage {
  const listed = found?.images.find((image) => image.target === target);
  if (listed) return listed;
  throw missing(
    found
      ? `The manifest names no image for ${target}.${notUsed(found)}`
      : "No image manifest is set in Settings.",
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
