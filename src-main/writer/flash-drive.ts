import type { FlashResult } from "#contract/writer.ts";
import { driveError } from "./drive/errors.ts";
import { type OpenDrive, Target } from "./drive/target.ts";
import { mediumOf } from "./probe/medium.ts";
import type { Emit } from "./progress.ts";
import { Residue } from "./residue/residue.ts";
import { type Content, transfer } from "./transfer.ts";

/**
 * Writes one drive that is claimed, reads it back, and lets go of it. `beforeCommit` is called when all that is left
 * is the moment that makes it bootable.
 */
export async function flashDrive(
  drive: OpenDrive,
  content: Content,
  emit: Emit,
  signal: AbortSignal,
  beforeCommit: () => Promise<void>,
): Promise<FlashResult> {
  const write = async () => {
    const target = new Target(drive);
    await target.open();
    const residue = new Residue(mediumOf(drive), content.sizeBytes);
    await target.blankHead();
    await residue.clearDrive();
    const chunks = residue.clearFor(content.chunks);
    const transferred = await transfer({ ...content, chunks }, target, emit, signal);
    await beforeCommit();
    await target.commit();
    return { sizeBytes: content.sizeBytes, ...transferred };
  };
  try {
    // An image that has still to come is not waited for by a drive that has lost its medium.
    return await Promise.race([write(), drive.lost]);
  } catch (error) {
    throw driveError(error, drive.path);
  } finally {
    await Promise.all([drive.handle.close(), drive.locked.close()]);
  }
}
