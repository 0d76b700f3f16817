import type { OpenDrive } from "../drive/target.ts";
import type { Partition } from "../image/partitions.ts";
import { readGpt } from "./gpt.ts";
import { PROTECTIVE_TYPE, readMbr } from "./mbr.ts";

const USUAL_SECTOR_BYTES = 512;

/** What a table on a drive may count in: a reader has larger sectors, maybe, than the device that the card is for. */
export function sectorSizes({ alignment }: Pick<OpenDrive, "alignment">): number[] {
  return [...new Set([USUAL_SECTOR_BYTES, alignment])];
}

/**
 * All that any system may take for a partition: of both tables where there are two, with sectors of each of these
 * sizes. `head` is a drive's first MiB.
 */
export function everyPartition(head: Buffer, sizes: number[]): Partition[] {
  return sizes.flatMap((sectorBytes) => {
    const records = readMbr(head) ?? [];
    const real = records.filter(({ type, length }) => type !== 0 && type !== PROTECTIVE_TYPE && length > 0);
    const listed = readGpt(head, sectorBytes)?.partitions ?? [];
    const spans = [
      ...real.map(({ start, length }) => ({ start, length })),
      ...listed.map(({ first, last }) => ({ start: first, length: last - first + 1 })),
    ];
    return spans.map(({ start, length }) => ({
      offset: start * sectorBytes,
      sizeBytes: length * sectorBytes,
    }));
  });
}

/**
 * Whether the copy of a table that counts lies before the drive's end, as it does where the image is smaller than the
 * drive. A GPT counts where the MBR protects it.
 */
export function copyIsInside(head: Buffer, sizes: number[], driveBytes: number): boolean {
  const isProtected = readMbr(head)?.some(({ type }) => type === PROTECTIVE_TYPE) === true;
  return sizes.some((sectorBytes) => {
    const table = readGpt(head, sectorBytes);
    return isProtected && table !== null && (table.backup + 1) * sectorBytes < driveBytes;
  });
}
