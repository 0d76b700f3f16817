import { crc32 } from "node:zlib";

const SIGNATURE = "EFI PART";
const HEADER_BYTES = 92;
const ENTRY_BYTES = 128;
const at = {
  revision: 8,
  headerBytes: 12,
  headerChecksum: 16,
  ownSector: 24,
  otherSector: 32,
  firstUsable: 40,
  lastUsable: 48,
  diskId: 56,
  entriesSector: 72,
  entryCount: 80,
  entryBytes: 84,
  entriesChecksum: 88,
};

/** A GUID partition table that is whole; sectors are the drive's logical ones. */
export type Gpt = {
  header: Buffer;
  entries: Buffer;
  partitions: { first: number; last: number }[];
  /** Where the table's second header lies. */
  backup: number;
};

/** Reads the primary table from a drive's first MiB; null where there is none, or one that does not hold together. */
export function readGpt(head: Buffer, sectorBytes: number): Gpt | null {
  const header = head.subarray(sectorBytes, sectorBytes * 2);
  if (header.length < sectorBytes || header.toString("latin1", 0, 8) !== SIGNATURE) return null;
  const headerBytes = header.readUInt32LE(at.headerBytes);
  if (headerBytes < HEADER_BYTES || headerBytes > sectorBytes) return null;
  if (headerChecksum(header) !== header.readUInt32LE(at.headerChecksum)) return null;
  const start = Number(header.readBigUInt64LE(at.entriesSector)) * sectorBytes;
  const entryBytes = header.readUInt32LE(at.entryBytes);
  const entries = head.subarray(start, start + header.readUInt32LE(at.entryCount) * entryBytes);
  if (entryBytes < ENTRY_BYTES || crc32(entries) !== header.readUInt32LE(at.entriesChecksum)) return null;
  const backup = Number(header.readBigUInt64LE(at.otherSector));
  return { header, entries, partitions: partitionsIn(entries, entryBytes), backup };
}

function partitionsIn(entries: Buffer, entryBytes: number): Gpt["partitions"] {
  const count = Math.floor(entries.length / entryBytes);
  return Array.from({ length: count }, (_, index) => entries.subarray(index * entryBytes))
    .filter((entry) => !entry.subarray(0, 16).equals(Buffer.alloc(16)))
    .map((entry) => ({
      first: Number(entry.readBigUInt64LE(32)),
      last: Number(entry.readBigUInt64LE(40)),
    }));
}

/** The same table on a drive that ends just after its last partition: both its headers, and the backup's entries. */
export function shrinkGpt(table: Gpt, sectorBytes: number) {
  const usedSectors = Math.max(...table.partitions.map(({ last }) => last)) + 1;
  const entriesSectors = Math.ceil(table.entries.length / sectorBytes);
  const sectors = usedSectors + entriesSectors + 1;
  const primary = headerFor(table.header, 1, sectors - 1, usedSectors - 1);
  const backup = headerFor(table.header, sectors - 1, 1, usedSectors - 1, usedSectors);
  const tail = Buffer.alloc((entriesSectors + 1) * sectorBytes);
  table.entries.copy(tail);
  backup.copy(tail, entriesSectors * sectorBytes);
  return { primary, tail, usedBytes: usedSectors * sectorBytes, sizeBytes: sectors * sectorBytes };
}

function headerFor(
  header: Buffer,
  ownSector: number,
  otherSector: number,
  lastUsable: number,
  entriesSector?: number,
): Buffer {
  const changed = Buffer.from(header);
  changed.writeBigUInt64LE(BigInt(ownSector), at.ownSector);
  changed.writeBigUInt64LE(BigInt(otherSector), at.otherSector);
  changed.writeBigUInt64LE(BigInt(lastUsable), at.lastUsable);
  if (entriesSector !== undefined) changed.writeBigUInt64LE(BigInt(entriesSector), at.entriesSector);
  changed.writeUInt32LE(headerChecksum(changed), at.headerChecksum);
  return changed;
}

function headerChecksum(header: Buffer): number {
  const bytes = Buffer.from(header.subarray(0, header.readUInt32LE(at.headerBytes)));
  bytes.writeUInt32LE(0, at.headerChecksum);
  return crc32(bytes);
}
