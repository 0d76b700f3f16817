import { FloppyError } from "#contract/errors.ts";
import { type Inspection, imageContent } from "#contract/images.ts";
import {
  type Currency,
  MANIFEST_PURPOSE,
  type Manifest,
  type ManifestImage,
  manifest,
} from "#contract/manifest.ts";

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

const DAY_MS = 24 * 3600 * 1000;
/** A list that nobody makes anew within it is forgotten rather than current. */
export const DAYS_GOOD = 90;
const MOST_DAYS = 3650;

export type Age = { serial?: number; days?: number };

function wrongAge(what: string, hint: string): FloppyError {
  return new FloppyError("INVALID_INPUT", what, `No manifest was written. ${hint}`);
}

/**
 * What makes a list the current one: a serial that is no less than that of the list before it, and until when it is
 * good. Where no serial is named it is the seconds since 1970, so that a list is a later one whatever became of the
 * one before.
 */
export function currencyOf({ serial, days = DAYS_GOOD }: Age, before: number | null, now: Date): Currency {
  const next = serial ?? Math.max(Math.floor(now.getTime() / 1000), (before ?? 0) + 1);
  if (!Number.isSafeInteger(next) || next < 1)
    throw wrongAge("A serial is a whole number from 1 on.", "Leave out --serial, and a later one is taken.");
  if (before !== null && next < before) {
    throw wrongAge(
      `The serial ${next} is less than ${before}, which the manifest has that is there.`,
      "A bench that saw that one would refuse it. Name a later one, or leave out --serial.",
    );
  }
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw wrongAge(`A manifest is good for 1 to ${MOST_DAYS} days.`, "Name whole days with --expires.");
  const expires = new Date(now.getTime() + days * DAY_MS).toISOString();
  return { purpose: MANIFEST_PURPOSE, serial: next, expires };
}
