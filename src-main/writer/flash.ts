import type { FlashJob, WriterEvent } from "#contract/writer.ts";
import type { BlockDevices } from "#core/drives/block-devices.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { asAskingUser } from "./asking-user.ts";
import { claim } from "./drive/claim.ts";
import { driveBusy, driveError } from "./drive/errors.ts";
import { Target } from "./drive/target.ts";
import { refuseChanged, reopenImageFile } from "./image/image-file.ts";
import { createReader, withTail } from "./image/reader.ts";
import { planPersonalisation } from "./personalise.ts";
import type { Emit } from "./progress.ts";
import { transfer } from "./transfer.ts";

type Flashed = Extract<WriterEvent, { event: "flashed" }>;

/**
 * Writes one image to one drive and reads it back. Nothing the job says is believed before it was looked at.
 * `beforeCommit` is called when all that is left is the moment that makes the drive bootable.
 */
export async function flash(job: FlashJob, emit: Emit, beforeCommit: () => void): Promise<Flashed> {
  const log = (text: string) => emit({ event: "log", level: "info", text });
  const file = await asAskingUser(() => reopenImageFile(job.image));
  const { patches, tail } = await planPersonalisation(file, job.image, job.files, job.placement);
  const sizeBytes = job.image.sizeBytes + tail.length;
  const found = await readBlockDevices([job.drive.path]);
  const checked = recheckDrive(job.drive, sizeBytes, found);
  refuseAttached(checked.path, found);
  const drive = await claim(checked, job.drive, log);
  const target = new Target(drive);
  try {
    await target.open();
    await target.blankHead();
    const read = withTail(createReader(file, job.image.sizeBytes, patches), tail);
    const transferred = await transfer(read, target, sizeBytes, emit);
    // What was read while somebody wrote to the file is neither the old image nor the new one.
    await refuseChanged(file);
    beforeCommit();
    await target.commit();
    return { event: "flashed", sizeBytes, ...transferred };
  } catch (error) {
    throw driveError(error, drive.path);
  } finally {
    await Promise.all([drive.handle, drive.locked, file.handle].map((handle) => handle.close()));
  }
}

/** A practice file that is attached has a loop device, which would be written behind its back. */
function refuseAttached(path: string, found: BlockDevices): void {
  const attached = found.devices.filter((device) => device.backingFile === path).map((device) => device.path);
  if (attached.length > 0) throw driveBusy(path, attached);
}
