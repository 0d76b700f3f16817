/** An empty FAT16 file system, as mkfs.fat makes it. */
const SECTOR_BYTES = 512;
const SECTORS_PER_CLUSTER = 4;
const RESERVED_SECTORS = 4;
const TABLES = 2;
const ROOT_ENTRIES = 512;
const ENTRY_BYTES = 32;
const VOLUME_LABEL = 0x08;
const HARD_DISK = 0xf8;

/** FAT16 is what has at least this many clusters and at most that many. */
const clusters = { least: 4085, most: 65524 };

/** Entries of two bytes each, and two that stand for no cluster. */
function tableSectors(totalSectors: number): number {
  const root = (ROOT_ENTRIES * ENTRY_BYTES) / SECTOR_BYTES;
  const most = Math.floor((totalSectors - RESERVED_SECTORS - root) / SECTORS_PER_CLUSTER);
  return Math.ceil(((most + 2) * 2) / SECTOR_BYTES);
}

function bootSector(totalSectors: number, perTable: number, label: string, id: number): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES);
  sector.write("\u00eb\u003c\u0090mkfs.fat", 0, "latin1");
  sector.writeUInt16LE(SECTOR_BYTES, 11);
  sector.writeUInt8(SECTORS_PER_CLUSTER, 13);
  sector.writeUInt16LE(RESERVED_SECTORS, 14);
  sector.writeUInt8(TABLES, 16);
  sector.writeUInt16LE(ROOT_ENTRIES, 17);
  // Sixteen bits where they are enough, else thirty-two.
  if (totalSectors < 65_536) sector.writeUInt16LE(totalSectors, 19);
  else sector.writeUInt32LE(totalSectors, 32);
  sector.writeUInt8(HARD_DISK, 21);
  sector.writeUInt16LE(perTable, 22);
  sector.writeUInt16LE(32, 24);
  sector.writeUInt16LE(64, 26);
  sector.writeUInt8(0x80, 36);
  sector.writeUInt8(0x29, 38);
  sector.writeUInt32LE(id, 39);
  sector.write(label.padEnd(11), 43, "latin1");
  sector.write("FAT16   ", 54, "latin1");
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** `sizeBytes` a multiple of 512 that makes a FAT16 (9 to 127 MiB do); `label` at most eleven characters. */
export function formatFat16(sizeBytes: number, label: string, id: number): Buffer {
  const totalSectors = sizeBytes / SECTOR_BYTES;
  const perTable = tableSectors(totalSectors);
  const rootOffset = (RESERVED_SECTORS + TABLES * perTable) * SECTOR_BYTES;
  const dataOffset = rootOffset + ROOT_ENTRIES * ENTRY_BYTES;
  const count = Math.floor((sizeBytes - dataOffset) / SECTOR_BYTES / SECTORS_PER_CLUSTER);
  if (count < clusters.least || count > clusters.most) throw new Error(`${sizeBytes} bytes make no FAT16`);
  const volume = Buffer.alloc(sizeBytes);
  bootSector(totalSectors, perTable, label, id).copy(volume);
  for (let table = 0; table < TABLES; table += 1)
    volume.writeUInt32LE(0xffffff00 + HARD_DISK, (RESERVED_SECTORS + table * perTable) * SECTOR_BYTES);
  volume.write(label.padEnd(11), rootOffset, "latin1");
  volume.writeUInt8(VOLUME_LABEL, rootOffset + 11);
  return volume;
}
