import { crc32 } from "node:zlib";
import { IDENTITY_PATH, identityProblem, identityRefused, STICK_IDENTITY_BYTES } from "#contract/identity.ts";
import type { Inspection } from "#contract/images.ts";
import type { FlashTarget } from "#contract/writer.ts";
import { FatError } from "./fat/errors.ts";
import { formatFat16 } from "./fat/format.ts";
import { type NewFile, putFiles } from "./fat/put-files.ts";
import { readAsNeeded } from "./fat/read-as-needed.ts";
import type { MissingRange, Range } from "./fat/volume.ts";
import { appendPartition } from "./image/append-partition.ts";
import { imageNotPersonalisable } from "./image/errors.ts";
import { HEAD_BYTES } from "./image/firmware.ts";
import type { ImageFile } from "./image/image-file.ts";
import type { Patch } from "./image/patches.ts";
import type { Own } from "./image/personalised.ts";
import { readRange } from "./image/read-range.ts";

/** More is read at once than is asked for: each reading of a compressed image starts at its beginning. */
const READ_AHEAD_BYTES = 1024 ** 2;
/** FAT's first day: the same image and the same files give the same card. */
const TIMESTAMP = new Date(Date.UTC(1980, 0, 1));
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/;

/** The partition of a stick: its installer finds it by this name. */
const STICK_LABEL = "FLOPPY";

const asItIs: Own = { patches: [], tail: Buffer.alloc(0) };

/**
 * What to change in the image, and to put behind it, while it flows to the drive, so that it holds the files. `known`
 * is what was read of its FAT partition, for another drive that is written from the same image.
 */
export async function planPersonalisation(
  file: ImageFile,
  image: Inspection,
  { files, placement }: Pick<FlashTarget, "files" | "placement">,
  known: Range[] = [],
): Promise<Own> {
  if (files.length === 0) return asItIs;
  const wrongName = files.find(({ path }) => !path.split("/").every((name) => SAFE_NAME.test(name)));
  if (wrongName) throw imageNotPersonalisable(`${JSON.stringify(wrongName.path)} is no name for a file`);
  refuseWrongIdentity(files);
  const contents = files.map(({ path, content }) => ({ path, content: Buffer.from(content) }));
  if (placement === "appended") return planStick(file, image, contents);
  return { patches: await planFirmware(file, image, contents, known), tail: Buffer.alloc(0) };
}

/** Found by the device at its first boot, it would be too late: the medium is verified by then, and nobody gets in. */
function refuseWrongIdentity(files: FlashTarget["files"]): void {
  const identity = files.find(({ path }) => path === IDENTITY_PATH);
  const problem = identity ? identityProblem(identity.content) : null;
  if (problem !== null) throw identityRefused(problem);
}

async function planStick(file: ImageFile, { sizeBytes }: Inspection, contents: NewFile[]): Promise<Own> {
  const head = await readRange(file, 0, Math.min(HEAD_BYTES, sizeBytes));
  const { offset, patches, after } = appendPartition(head, sizeBytes, STICK_IDENTITY_BYTES);
  const volume = formatFat16(STICK_IDENTITY_BYTES, STICK_LABEL, crc32(STICK_LABEL));
  for (const change of putFiles([{ offset: 0, bytes: Buffer.from(volume) }], contents, TIMESTAMP))
    change.bytes.copy(volume, change.offset);
  return { patches, tail: Buffer.concat([Buffer.alloc(offset - sizeBytes), volume, after]) };
}

async function planFirmware(
  file: ImageFile,
  { firmware, sizeBytes }: Inspection,
  contents: NewFile[],
  known: Range[],
): Promise<Patch[]> {
  if (!firmware) throw imageNotPersonalisable("it has no FAT partition");
  if (firmware.offset + firmware.sizeBytes > sizeBytes)
    throw imageNotPersonalisable("its FAT partition is cut off");
  const read = async ({ offset, bytes }: MissingRange) => {
    const wanted = Math.min(Math.max(bytes, READ_AHEAD_BYTES), firmware.sizeBytes - offset);
    if (wanted < bytes) throw new FatError("its FAT partition is damaged");
    return readRange(file, firmware.offset + offset, wanted);
  };
  try {
    const patches = await readAsNeeded(read, () => putFiles(known, contents, TIMESTAMP), known);
    return patches.map(({ offset, bytes }) => ({ offset: firmware.offset + offset, bytes }));
  } catch (error) {
    throw error instanceof FatError ? imageNotPersonalisable(error.message) : error;
  }
}
