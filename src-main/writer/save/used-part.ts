import { readGpt, shrinkGpt } from "../table/gpt.ts";
import { protect, readMbr } from "../table/mbr.ts";

/** What is saved of a drive: so much of it, with these bytes in place of those on it. */
export type SavedExtent = {
  sizeBytes: number;
  patches: { offset: number; bytes: Buffer }[];
};

/**
 * A drive up to the end of its last partition; null where no table tells where that is. A GUID partition table has a
 * copy at the drive's end, so the image gets one at its own end, and both name each other: the table stays valid.
 * `head` is the drive's first MiB.
 */
export function usedPart(head: Buffer, sectorBytes: number, driveBytes: number): SavedExtent | null {
  const table = readGpt(head, sectorBytes);
  const extent =
    table && table.partitions.length > 0 ? ofGpt(head, table, sectorBytes) : ofMbr(head, sectorBytes);
  return extent && extent.sizeBytes <= driveBytes ? extent : null;
}

function ofGpt(
  head: Buffer,
  table: NonNullable<ReturnType<typeof readGpt>>,
  sectorBytes: number,
): SavedExtent {
  const { primary, tail, usedBytes, sizeBytes } = shrinkGpt(table, sectorBytes);
  const protective = Buffer.from(head.subarray(0, sectorBytes));
  protect(protective, sizeBytes / sectorBytes);
  const patches = [
    { offset: 0, bytes: protective },
    { offset: sectorBytes, bytes: primary },
    { offset: usedBytes, bytes: tail },
  ];
  return { sizeBytes, patches };
}

function ofMbr(head: Buffer, sectorBytes: number): SavedExtent | null {
  const used = readMbr(head)?.filter(({ type, length }) => type !== 0 && length > 0) ?? [];
  if (used.length === 0) return null;
  const sectors = Math.max(...used.map(({ start, length }) => start + length));
  return { sizeBytes: sectors * sectorBytes, patches: [] };
}
