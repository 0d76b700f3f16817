import { FloppyError } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Ports } from "../ports.ts";

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
