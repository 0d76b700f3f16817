import { FloppyError } from "#contract/errors.ts";

/** `kind` as "a folder": what there is instead of an image file. */
export function notAFile(path: string, kind: string): FloppyError {
  const hint =
    kind === "a drive"
      ? "To write one drive like another, save that one into a file first: floppy drives save."
      : "Choose the image file itself.";
  return new FloppyError(
    "FILE_UNREADABLE",
    `${path} is ${kind}, not an image file.`,
    `Nothing was written. ${hint}`,
    { path, kind },
  );
}

export function imageNotFound(path: string): FloppyError {
  return new FloppyError(
    "IMAGE_NOT_FOUND",
    `There is no image file at ${path}.`,
    "Nothing was written. Choose the file again: it may have been moved or renamed.",
    { path },
  );
}
