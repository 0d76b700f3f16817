import { FloppyError } from "#contract/errors.ts";
import type { ImageBasis, Inspection } from "#contract/images.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Ports } from "../ports/ports.ts";
import { imageNotFound } from "./errors.ts";

type InspectionPorts = Pick<Ports, "files" | "inventory" | "writer">;

/** Reads a file through to its end, unless that was done before and all that it depends on is still the same. */
export async function inspectImage(
  ports: InspectionPorts,
  path: string,
  progress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<Inspection> {
  const basis = await ports.files.basis(path);
  if (!basis) throw imageNotFound(path);
  const known = await ports.inventory.inspection(path, basis);
  if (known) return known;
  const found = await ports.writer.inspect(path, progress, signal);
  await ports.inventory.saveInspection(found);
  return found;
}

/** Whether an image may be written again without being read through: what is remembered of it holds, and is this. */
export async function isStillKnown(
  { files, inventory }: Omit<InspectionPorts, "writer">,
  { path, sha256 }: Inspection,
): Promise<boolean> {
  // Whatever there is instead of it by now is told when it is inspected.
  const basis: ImageBasis | null = await files.basis(path).catch(() => null);
  const known = basis && (await inventory.inspection(path, basis));
  return known?.sha256 === sha256;
}

/** Writing an image; where its file holds other bytes than were found in it, that is not believed once more. */
export async function mistrustingChanges<Result>(
  { inventory }: Pick<Ports, "inventory">,
  { path }: Inspection,
  writing: Promise<Result>,
): Promise<Result> {
  try {
    return await writing;
  } catch (thrown) {
    if (thrown instanceof FloppyError && thrown.code === "IMAGE_CHANGED")
      await inventory.forgetInspection(path);
    throw thrown;
  }
}
