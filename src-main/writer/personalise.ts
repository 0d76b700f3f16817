import type { Inspection } from "#contract/images.ts";
import type { MediumFile } from "#contract/writer.ts";
import { imageNotPersonalisable } from "./image/errors.ts";
import type { ImageFile } from "./image/image-file.ts";
import type { Patch } from "./image/patches.ts";

export async function planPersonalisation(
  _f: ImageFile,
  _i: Inspection,
  files: MediumFile[],
): Promise<Patch[]> {
  if (files.length === 0) return [];
  throw imageNotPersonalisable("not yet");
}
