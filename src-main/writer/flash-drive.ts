import type { FlashResult } from "#contract/writer.ts";
import { driveError } from "./drive/errors.ts";
import { type OpenDrive, Target } from "./drive/target.ts";
import type { Chunk } from "./image/shared-image.ts";
import { mediumOf } from "./probe/medium.ts";
import type { Emit } from "./progress.ts";
import { Residue } from "./residue/residue.ts";
import { copyIsInside, sectorSizes } from "./table/partitions.ts";
import { type Content, transfer } from "./transfer.ts";

/** The drive is to hold the image's own bytes, and images there are that check themselves. */
const copyStays =
  "The copy of the partition table stays at the image’s end, not the drive’s. That hinders nothing: a system moves it " +
  "when it grows its partitions, and sgdisk --move-second-header does at any time.";

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
    const chunks = headFirst(content.chunks, async (head) => {
      await residue.clearPartitions(head);
      if (copyIsInside(head, sectorSizes(drive), drive.sizeBytes))
        emit({ event: "log", level: "info", text: copyStays });
    });
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

/** Shows the image's first chunk, which has its table, before it is handed on. */
async function* headFirst(
  chunks: AsyncIterable<Chunk>,
  show: (head: Buffer) => Promise<void>,
): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) {
    if (chunk.position === 0) await show(chunk.bytes);
    yield chunk;
  }
}
