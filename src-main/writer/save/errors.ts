import { FloppyError } from "#contract/errors.ts";

const kept = "The drive was not changed.";

export function fileExists(path: string): FloppyError {
  return new FloppyError(
    "FILE_EXISTS",
    `${path} is there already.`,
    `It was not touched. Choose another name, or say that it may be replaced.`,
    { path },
  );
}

export function fileUnwritable(path: string, reason: string): FloppyError {
  return new FloppyError(
    "FILE_UNWRITABLE",
    `${path} cannot be written: ${reason}.`,
    `${kept} Choose another place for the image.`,
    { path },
  );
}

const reasons: Record<string, string> = {
  ENOENT: "its folder is not there",
  ENOTDIR: "its folder is not there",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "you may not write there",
  ENOSPC: "the disk is full, and the half image was removed again",
  EDQUOT: "your share of the disk is full, and the half image was removed again",
  EFBIG: "the disk cannot hold so large a file, and the half image was removed again",
  ENAMETOOLONG: "the name is too long",
};

export function fileError(path: string, error: unknown): unknown {
  if (error instanceof FloppyError || !(error instanceof Error) || !("code" in error)) return error;
  return fileUnwritable(path, reasons[String(error.code)] ?? error.message);
}
