import type { Partition } from "../image/partitions.ts";
import { readGpt } from "./gpt.ts";
import { PROTECTIVE_TYPE, readMbr } from "./mbr.ts";

/**
 * All that any system may take for a partition: of both tables where there are two, with sectors of each of these
 * sizes. `head` is a drive's first MiB.
 */
export function everyPartition(head: Buffer, sectorSizes: number[]): Partition[] {
  return [...new Set(sectorSizes)].flatMap((sectorBytes) => {
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
