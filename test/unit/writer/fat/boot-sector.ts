/** A FAT boot sector as mkfs.fat would write it: 512-byte sectors, two tables. */
export function bootSector(wanted: { bits: 12 | 16 | 32; totalSectors: number; label: string }): Buffer {
  const { bits, totalSectors, label } = wanted;
  const sector = Buffer.alloc(512);
  const perCluster = bits === 12 ? 4 : 1;
  const tableSectors = Math.ceil(((totalSectors / perCluster + 2) * bits) / 8 / 512);
  sector.write("eb3c90", 0, "hex");
  sector.writeUInt16LE(512, 11);
  sector.writeUInt8(perCluster, 13);
  sector.writeUInt16LE(bits === 32 ? 32 : 1, 14);
  sector.writeUInt8(2, 16);
  sector.writeUInt16LE(bits === 32 ? 0 : 512, 17);
  sector.writeUInt8(0xf8, 21);
  sector.writeUInt16LE(bits === 32 ? 0 : tableSectors, 22);
  sector.writeUInt32LE(totalSectors, 32);
  if (bits === 32) {
    sector.writeUInt32LE(tableSectors, 36);
    sector.writeUInt32LE(2, 44);
    sector.writeUInt16LE(1, 48);
  }
  sector.write(label.padEnd(11), bits === 32 ? 71 : 43, "latin1");
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
