import { describe, expect, it } from "vitest";
import { parseBootSector } from "../../../../src-main/writer/fat/geometry.ts";
import { bootSector } from "./boot-sector.ts";

describe("a FAT boot sector", () => {
  it("says where everything lies on FAT16", () => {
    const geometry = parseBootSector(bootSector({ bits: 16, totalSectors: 20_000, label: "FIRMWARE" }));
    expect(geometry).toEqual({
      bits: 16,
      sizeBytes: 20_000 * 512,
      sectorBytes: 512,
      clusterBytes: 512,
      clusterCount: 20_000 - 1 - 2 * 79 - 32,
      tableOffset: 512,
      tableBytes: 79 * 512,
      tableCount: 2,
      root: { kind: "area", offset: (1 + 2 * 79) * 512, sizeBytes: 512 * 32 },
      dataOffset: (1 + 2 * 79 + 32) * 512,
      infoOffset: null,
      label: "FIRMWARE",
    });
  });

  it("tells FAT12 from FAT16 by the count of clusters", () => {
    expect(parseBootSector(bootSector({ bits: 12, totalSectors: 8000, label: "" }))?.bits).toBe(12);
  });

  it("says where FAT32 keeps its root and its count of free clusters", () => {
    const geometry = parseBootSector(bootSector({ bits: 32, totalSectors: 200_000, label: "BOOT" }));
    expect(geometry).toMatchObject({
      bits: 32,
      root: { kind: "chain", cluster: 2 },
      infoOffset: 512,
      label: "BOOT",
    });
  });

  it.each<[string, (sector: Buffer) => void]>([
    ["no signature", (sector) => sector.writeUInt16LE(0, 510)],
    ["no jump", (sector) => sector.writeUInt8(0, 0)],
    ["sectors of an odd size", (sector) => sector.writeUInt16LE(500, 11)],
    ["clusters of three sectors", (sector) => sector.writeUInt8(3, 13)],
    ["no tables", (sector) => sector.writeUInt8(0, 16)],
    ["tables too small for its clusters", (sector) => sector.writeUInt16LE(1, 22)],
    ["no room for data", (sector) => sector.writeUInt32LE(10, 32)],
  ])("is none with %s", (_, spoil) => {
    const sector = bootSector({ bits: 16, totalSectors: 20_000, label: "" });
    spoil(sector);
    expect(parseBootSector(sector)).toBeNull();
  });

  it("is no NTFS or ext boot sector", () => {
    const ntfs = Buffer.alloc(512);
    ntfs.write("eb52904e54465320202020", 0, "hex");
    ntfs.writeUInt16LE(512, 11);
    ntfs.writeUInt8(8, 13);
    ntfs.writeUInt8(0xf8, 21);
    ntfs.writeUInt16LE(0xaa55, 510);
    expect(parseBootSector(ntfs)).toBeNull();
    expect(parseBootSector(Buffer.alloc(512))).toBeNull();
  });
});
