export type Partition = { offset: number; sizeBytes: number };

const SECTOR_BYTES = 512;
const GPT_SIGNATURE = "EFI PART";
const PROTECTIVE_TYPE = 0xee;

/** MBR types that hold FAT, hidden ones and the EFI system partition too. */
const fatTypes = new Set([0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e, 0x11, 0x14, 0x16, 0x1b, 0x1c, 0x1e, 0xef]);

/** GPT types that hold FAT, as their bytes lie on disk: EFI system partition, basic data. */
const fatTypeIds = new Set(["28732ac11ff8d211ba4b00a0c93ec93b", "a2a0d0ebe5b9334487c068b6b72699c7"]);

/** The partitions that may hold a FAT file system, in the table's order. `head` is the image's first MiB. */
export function fatPartitions(head: Buffer): Partition[] {
  if (head.length < SECTOR_BYTES || head.readUInt16LE(510) !== 0xaa55) return [];
  const entries = [0, 1, 2, 3].map((index) => readMbrEntry(head, 446 + index * 16));
  const isGpt = entries.some((entry) => entry.type === PROTECTIVE_TYPE) && hasGptHeader(head);
  const found = isGpt ? readGpt(head) : entries.filter((entry) => fatTypes.has(entry.type));
  return found
    .map(({ offset, sizeBytes }) => ({ offset, sizeBytes }))
    .filter((partition) => partition.offset > 0 && partition.sizeBytes > 0);
}

function readMbrEntry(head: Buffer, at: number): Partition & { type: number } {
  return {
    type: head.readUInt8(at + 4),
    offset: head.readUInt32LE(at + 8) * SECTOR_BYTES,
    sizeBytes: head.readUInt32LE(at + 12) * SECTOR_BYTES,
  };
}

function hasGptHeader(head: Buffer): boolean {
  return head.toString("latin1", SECTOR_BYTES, SECTOR_BYTES + 8) === GPT_SIGNATURE;
}

function readGpt(head: Buffer): Partition[] {
  const header = head.subarray(SECTOR_BYTES);
  const start = Number(header.readBigUInt64LE(72)) * SECTOR_BYTES;
  const count = Math.min(header.readUInt32LE(80), 128);
  const entryBytes = header.readUInt32LE(84);
  return Array.from({ length: count }, (_, index) => start + index * entryBytes)
    .filter((at) => entryBytes >= 128 && at + entryBytes <= head.length)
    .filter((at) => fatTypeIds.has(head.toString("hex", at, at + 16)))
    .map((at) => {
      const first = Number(head.readBigUInt64LE(at + 32));
      const last = Number(head.readBigUInt64LE(at + 40));
      return { offset: first * SECTOR_BYTES, sizeBytes: (last - first + 1) * SECTOR_BYTES };
    });
}
