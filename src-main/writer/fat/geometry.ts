/** Where everything lies in a FAT file system. Sizes and offsets in bytes from the partition's start. */
export type FatGeometry = {
  bits: 12 | 16 | 32;
  sizeBytes: number;
  sectorBytes: number;
  clusterBytes: number;
  /** Data clusters, numbered from 2. */
  clusterCount: number;
  tableOffset: number;
  tableBytes: number;
  tableCount: number;
  /** FAT12 and FAT16 keep the root directory in a place of its own. */
  root: { kind: "area"; offset: number; sizeBytes: number } | { kind: "chain"; cluster: number };
  dataOffset: number;
  /** FAT32 counts its free clusters here; null where there is no such sector. */
  infoOffset: number | null;
  label: string;
};

export const BOOT_SECTOR_BYTES = 512;

/** Reads a FAT boot sector; null for anything else. */
export function parseBootSector(sector: Buffer): FatGeometry | null {
  if (sector.length < BOOT_SECTOR_BYTES || sector.readUInt16LE(510) !== 0xaa55) return null;
  const fields = readFields(sector);
  return plausible(fields) ? toGeometry(sector, fields) : null;
}

type Fields = ReturnType<typeof readFields>;

function readFields(sector: Buffer) {
  return {
    jump: sector.readUInt8(0),
    sectorBytes: sector.readUInt16LE(11),
    sectorsPerCluster: sector.readUInt8(13),
    reservedSectors: sector.readUInt16LE(14),
    tableCount: sector.readUInt8(16),
    rootEntries: sector.readUInt16LE(17),
    totalSectors: sector.readUInt16LE(19) || sector.readUInt32LE(32),
    media: sector.readUInt8(21),
    tableSectors: sector.readUInt16LE(22) || sector.readUInt32LE(36),
    large: sector.readUInt16LE(22) === 0,
  };
}

function plausible(fields: Fields): boolean {
  return (
    (fields.jump === 0xeb || fields.jump === 0xe9) &&
    [512, 1024, 2048, 4096].includes(fields.sectorBytes) &&
    isPowerOfTwo(fields.sectorsPerCluster) &&
    fields.reservedSectors > 0 &&
    (fields.tableCount === 1 || fields.tableCount === 2) &&
    fields.media >= 0xf0 &&
    fields.tableSectors > 0 &&
    fields.large === (fields.rootEntries === 0)
  );
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

function toGeometry(sector: Buffer, fields: Fields): FatGeometry | null {
  const { sectorBytes } = fields;
  const clusterBytes = sectorBytes * fields.sectorsPerCluster;
  const tableOffset = fields.reservedSectors * sectorBytes;
  const tableBytes = fields.tableSectors * sectorBytes;
  const rootOffset = tableOffset + fields.tableCount * tableBytes;
  const rootBytes = Math.ceil((fields.rootEntries * 32) / sectorBytes) * sectorBytes;
  const dataOffset = rootOffset + rootBytes;
  const sizeBytes = fields.totalSectors * sectorBytes;
  const clusterCount = Math.floor((sizeBytes - dataOffset) / clusterBytes);
  if (clusterCount < 1) return null;
  const bits = fields.large ? 32 : clusterCount < 4085 ? 12 : 16;
  if (tableBytes * 8 < (clusterCount + 2) * bits) return null;
  return {
    bits,
    sizeBytes,
    sectorBytes,
    clusterBytes,
    clusterCount,
    tableOffset,
    tableBytes,
    tableCount: fields.tableCount,
    root: fields.large
      ? { kind: "chain", cluster: sector.readUInt32LE(44) }
      : { kind: "area", offset: rootOffset, sizeBytes: rootBytes },
    dataOffset,
    infoOffset: fields.large ? infoOffset(sector, fields) : null,
    label: sector.toString("latin1", fields.large ? 71 : 43, fields.large ? 82 : 54).trimEnd(),
  };
}

function infoOffset(sector: Buffer, { reservedSectors, sectorBytes }: Fields): number | null {
  const number = sector.readUInt16LE(48);
  return number > 0 && number < reservedSectors ? number * sectorBytes : null;
}
