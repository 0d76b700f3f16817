/** The four entries of a master boot record; starts and lengths in sectors. */
export type MbrEntry = { status: number; type: number; start: number; length: number };

export const PROTECTIVE_TYPE = 0xee;
const FIRST_ENTRY = 446;
const ENTRY_BYTES = 16;
const SIGNATURE = 0xaa55;
export const MAX_SECTORS = 0xffffffff;

/** Null where the sector is none, or a file system's boot sector that has code where the entries would be. */
export function readMbr(sector: Buffer): MbrEntry[] | null {
  if (sector.length < 512 || sector.readUInt16LE(510) !== SIGNATURE) return null;
  const entries = [0, 1, 2, 3].map((index) => readEntry(sector, FIRST_ENTRY + index * ENTRY_BYTES));
  return entries.every(({ status }) => status === 0 || status === 0x80) ? entries : null;
}

function readEntry(sector: Buffer, offset: number): MbrEntry {
  return {
    status: sector.readUInt8(offset),
    type: sector.readUInt8(offset + 4),
    start: sector.readUInt32LE(offset + 8),
    length: sector.readUInt32LE(offset + 12),
  };
}

/** Changes the length of the entry that keeps old programs off a GUID partition table. */
export function protect(sector: Buffer, sectors: number): void {
  for (const index of [0, 1, 2, 3]) {
    const offset = FIRST_ENTRY + index * ENTRY_BYTES;
    if (sector.readUInt8(offset + 4) !== PROTECTIVE_TYPE) continue;
    const start = sector.readUInt32LE(offset + 8);
    sector.writeUInt32LE(Math.min(sectors - start, MAX_SECTORS), offset + 12);
  }
}

/**
 * A record with up to four partitions, none of them to boot from. Their places in cylinders and heads say “too far to
 * tell”, as those of all large disks.
 */
export function partitionRecord(partitions: readonly Omit<MbrEntry, "status">[], diskId: number): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt32LE(diskId, 440);
  for (const [index, { type, start, length }] of partitions.entries()) {
    const at = FIRST_ENTRY + index * ENTRY_BYTES;
    sector.fill(Buffer.from([0xfe, 0xff, 0xff]), at + 1, at + 4);
    sector.writeUInt8(type, at + 4);
    sector.fill(Buffer.from([0xfe, 0xff, 0xff]), at + 5, at + 8);
    sector.writeUInt32LE(start, at + 8);
    sector.writeUInt32LE(length, at + 12);
  }
  sector.writeUInt16LE(SIGNATURE, 510);
  return sector;
}

export function onePartition(partition: Omit<MbrEntry, "status">, diskId: number): Buffer {
  return partitionRecord([partition], diskId);
}
