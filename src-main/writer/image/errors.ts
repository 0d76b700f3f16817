import { basename } from "node:path";
import { FloppyError } from "#contract/errors.ts";

const nothingWritten = "Nothing was written.";

export function imageEmpty(): FloppyError {
  return new FloppyError(
    "IMAGE_EMPTY",
    "The image is empty.",
    `${nothingWritten} Choose another file, or build the image again.`,
  );
}

export function imageTruncated(): FloppyError {
  return new FloppyError(
    "IMAGE_TRUNCATED",
    "The image ends too early: a part of it is missing.",
    "The image file itself was not touched. Download or copy it again.",
  );
}

export function imageDamaged(what: string): FloppyError {
  return new FloppyError(
    "IMAGE_TRUNCATED",
    `The image is damaged: ${what}.`,
    "The image file itself was not touched. Download or copy it again.",
  );
}

/** This computer's fault, and not the image's. */
export function unpackingEnded(reason: string): FloppyError {
  return new FloppyError(
    "COMPUTER_FAILED",
    `The image cannot be unpacked here: ${reason}.`,
    "The image file itself was not touched, and a drive does not start from half of it. Close other programs, then start over.",
  );
}

const unpackedBy: Record<string, string> = {
  gz: "gzip -dc",
  bz2: "bzip2 -dc",
  zst: "zstd -dc",
  xz: "xz -dc --single-stream",
};

/** Nobody but its packer knows whether these bytes are a signature, or what a damaged second part looks like. */
export function imageFollowed(format: string, bytes: number): FloppyError {
  return new FloppyError(
    "IMAGE_TRUNCATED",
    `Behind the end of the packed image lie ${bytes} bytes that are not part of it. Up to there it is whole.`,
    `${nothingWritten} If whoever packed it put a signature there, unpack it by ${unpackedBy[format]} FILE > card.img, and choose that; otherwise download or copy it again.`,
    { bytes },
  );
}

/** Only who has the dictionary can unpack it. */
export function imageNeedsDictionary(): FloppyError {
  return new FloppyError(
    "IMAGE_FORMAT_UNKNOWN",
    "This .zst was packed with a dictionary, which is not in the file.",
    `${nothingWritten} The file is not damaged. Unpack it first, by zstd -d -D DICTIONARY FILE.`,
  );
}

export function bmapContradicts(path: string, what: string): FloppyError {
  return new FloppyError(
    "IMAGE_TRUNCATED",
    `The image and its ${basename(path)} do not belong together: ${what}.`,
    `${nothingWritten} Get both again; or, if you trust the image, move the .bmap away.`,
    { path },
  );
}

/** 2^27 bytes, at which zstd's decoder and our limit for xz draw the line, are what bounds the writer's memory. */
export function imageWindowTooLarge(): FloppyError {
  return new FloppyError(
    "IMAGE_FORMAT_UNKNOWN",
    "Unpacking this image takes more than 128 MiB of memory for its window.",
    `${nothingWritten} The file is not damaged. Unpack it first, or pack it again with zstd’s --long=27 or xz’s dict=128MiB at most.`,
  );
}

/** The file is sound: it is the decoder that is not enough. */
export function xzTooOld(missing: { name: string; since: string } | null): FloppyError {
  const { name, since } = missing ?? { name: "something", since: "a newer xz" };
  return new FloppyError(
    "IMAGE_FORMAT_UNKNOWN",
    `This .xz cannot be unpacked on this machine: it uses ${name}, which no decoder here knows.`,
    `${nothingWritten} The file is not damaged. Install ${since}, or unpack the file where that is.`,
  );
}

export function imageFormatUnknown(name: string, where: "is" | "holds"): FloppyError {
  return new FloppyError(
    "IMAGE_FORMAT_UNKNOWN",
    where === "is"
      ? `This file is no disk image that can be written, but ${name}.`
      : `Unpacked, this file is no disk image, but ${name}.`,
    `${nothingWritten} Unpack it first, or choose a raw image (.img, .iso), plain or as .zst, .gz, .xz, .bz2 or .zip.`,
    { found: name },
  );
}

export function zipUnusable(what: string): FloppyError {
  return new FloppyError(
    "IMAGE_FORMAT_UNKNOWN",
    `This .zip cannot be written as it is: it ${what}.`,
    `${nothingWritten} Unpack it, and choose the image that you mean.`,
  );
}

export function imageUnreadable(path: string, reason: string): FloppyError {
  return new FloppyError(
    "FILE_UNREADABLE",
    `The image ${path} cannot be read: ${reason}.`,
    `${nothingWritten} Check the file’s permissions and the disk it lies on.`,
    { path },
  );
}

/** Its disk fails, or was pulled, while it is read. */
export function imageLost(path: string, reason: string): FloppyError {
  return new FloppyError(
    "FILE_UNREADABLE",
    `The image ${path} cannot be read to its end: ${reason}.`,
    "A drive does not start from half an image. Check the disk on which the image lies, or copy it to another one, and start over.",
    { path },
  );
}

export function imageChanged(path: string): FloppyError {
  return new FloppyError(
    "IMAGE_CHANGED",
    "The image file changed after it was checked.",
    "The drive does not start from a half-written image. Start over: the image is checked anew.",
    { path },
  );
}

/** Found before any drive was touched. */
export function imageOutdated(path: string): FloppyError {
  return new FloppyError(
    "IMAGE_CHANGED",
    "The image file, or the .bmap beside it, changed after it was checked.",
    `${nothingWritten} Start over: the image is checked anew.`,
    { path },
  );
}

export function imageNotPersonalisable(reason: string): FloppyError {
  return new FloppyError(
    "IMAGE_NOT_PERSONALISABLE",
    `The device’s identity cannot be put into this image: ${reason}.`,
    `${nothingWritten} Use an image with a FAT partition that has room, as Floppy’s own card images have.`,
  );
}
