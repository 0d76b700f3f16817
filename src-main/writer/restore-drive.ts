import { randomInt } from "node:crypto";
import type { RestoreJob, WriterEvent } from "#contract/writer.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { claim } from "./drive/claim.ts";
import { driveError, verifyFailed } from "./drive/errors.ts";
import { type Medium, mediumOf } from "./probe/medium.ts";
import type { Emit } from "./progress.ts";
import { blank } from "./residue/blank.ts";
import { residuePlaces, wholeOf } from "./residue/places.ts";
import { type EmptyFileSystem, makeFileSystem } from "./restore/file-system.ts";
import { MAX_SECTORS, onePartition } from "./table/mbr.ts";

type Restored = Extract<WriterEvent, { event: "restored" }>;

const MIB = 1024 ** 2;
/** Erase blocks of cards begin at multiples of this. */
const PARTITION_OFFSET = 4 * MIB;
const state = "What was on it is gone. It holds nothing yet.";

/** Makes a drive an empty one with one partition that every system reads. Its table comes last, once the rest is there. */
export async function restoreDrive(job: RestoreJob, emit: Emit): Promise<Restored> {
  const log = (text: string) => emit({ event: "log", level: "info", text });
  const checked = recheckDrive(job.drive, 2 * PARTITION_OFFSET, await readBlockDevices([job.drive.path]));
  const sectorBytes = checked.kind === "device" ? checked.logicalSectorBytes : 512;
  const sectors = Math.min(Math.floor((job.drive.sizeBytes - PARTITION_OFFSET) / sectorBytes), MAX_SECTORS);
  const sizeBytes = sectors * sectorBytes;
  const made = await makeFileSystem(job.label, sizeBytes, sectorBytes);
  const drive = await claim(checked, job.drive, log);
  try {
    const medium = mediumOf(drive);
    const partition = { offset: PARTITION_OFFSET, sizeBytes };
    await blank(medium, residuePlaces([wholeOf(medium), partition], medium, 0));
    await writeVerified(medium, made.front, PARTITION_OFFSET);
    await writeVerified(medium, table(made, sectors, sectorBytes), 0);
    return { event: "restored", restored: { filesystem: made.filesystem, label: job.label, sizeBytes } };
  } catch (error) {
    throw driveError(error, drive.path, state);
  } finally {
    await Promise.all([drive.handle.close(), drive.locked.close()]);
  }
}

function table({ partitionType }: EmptyFileSystem, length: number, sectorBytes: number): Buffer {
  const start = PARTITION_OFFSET / sectorBytes;
  return onePartition({ type: partitionType, start, length }, randomInt(1, 2 ** 32));
}

async function writeVerified(medium: Medium, bytes: Buffer, position: number): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, index) => index * MIB);
  const aligned = (length: number) => Math.ceil(length / medium.alignment) * medium.alignment;
  for (const at of chunks) {
    const chunk = medium.buffer(aligned(Math.min(MIB, bytes.length - at)));
    bytes.copy(chunk, 0, at);
    await medium.write(chunk, position + at);
  }
  await medium.sync();
  for (const at of chunks) {
    const wanted = bytes.subarray(at, at + MIB);
    const found = medium.buffer(aligned(wanted.length));
    await medium.read(found, position + at);
    if (!found.subarray(0, wanted.length).equals(wanted)) throw verifyFailed(medium.path, position + at);
  }
}
