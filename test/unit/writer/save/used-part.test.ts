import { describe, expect, it } from "vitest";
import { usedPart } from "../../../../src-main/writer/save/used-part.ts";
import { onePartition } from "../../../../src-main/writer/table/mbr.ts";

const MIB = 1024 ** 2;
const drive = 64 * MIB;

function head(sector: Buffer): Buffer {
  return Buffer.concat([sector, Buffer.alloc(MIB - sector.length)]);
}

describe("the used part", () => {
  it.each([512, 4096])("counts in sectors of %d bytes", (sectorBytes) => {
    const table = head(onePartition({ type: 0x83, start: 100, length: 50 }, 1));
    expect(usedPart(table, sectorBytes, drive)).toEqual({ sizeBytes: 150 * sectorBytes, patches: [] });
  });

  it.each([
    ["nothing", Buffer.alloc(512)],
    ["an empty table", onePartition({ type: 0, start: 0, length: 0 }, 1)],
    ["a partition beyond the drive’s end", onePartition({ type: 0x83, start: 2048, length: 2 ** 31 }, 1)],
    [
      "a file system’s own boot sector",
      onePartition({ type: 0x20, start: 8, length: 9 }, 1).fill(0x72, 446, 447),
    ],
    ["a protected table that is none", onePartition({ type: 0xee, start: 1, length: 0xffffffff }, 1)],
  ])("is not known by %s", (_, sector) => {
    expect(usedPart(head(sector), 512, drive)).toBeNull();
  });
});
