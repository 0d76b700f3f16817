/** Why a file could not be put into a FAT file system; the message goes on from “…: ”. */
export class FatError extends Error {
  override name = "FatError";
}
