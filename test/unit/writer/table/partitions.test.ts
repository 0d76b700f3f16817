import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { onePartition } from "../../../../src-main/writer/table/mbr.ts";
import { copyIsInside, everyPartition, sectorSizes } from "../../../../src-main/writer/table/partitions.ts";

const MIB = 1024 ** 2;

const mbr = (type: number, start: number, length: number) =>
  Buffer.concat([onePartition({ type, start, length }, 1), Buffer.alloc(MIB - 512)]);

function withGpt(head: Buffer, sectorBytes: number, first: number, last: number): Buffer {
  const entries = head.subarray(2 * sectorBytes, 2 * sectorBytes + 4 * 128);
  entries.fill(7, 0, 16);
  entries.writeBigUInt64LE(BigInt(first), 32);
  entries.writeBigUInt64LE(BigInt(last), 40);
  const header = head.subarray(sectorBytes, 2 * sectorBytes);
  header.write("EFI PART");
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(999n, 32);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(4, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(entries), 88);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16);
  return head;
}

describe("what any system may take for a partition", () => {
  it("is what the MBR lists, in sectors of each size", () => {
    expect(everyPartition(mbr(0x83, 2048, 4096), [512, 4096])).toEqual([
      { offset: MIB, sizeBytes: 2 * MIB },
      { offset: 8 * MIB, sizeBytes: 16 * MIB },
    ]);
  });

  it.each([512, 4096])("is what a GPT lists in sectors of %d bytes, not what protects it", (sectorBytes) => {
    const head = withGpt(mbr(0xee, 1, 0xffffffff), sectorBytes, 300, 399);
    expect(everyPartition(head, [512, 4096])).toEqual([
      { offset: 300 * sectorBytes, sizeBytes: 100 * sectorBytes },
    ]);
  });

  it("is of both tables where an image has two", () => {
    const head = withGpt(mbr(0x17, 0, 4096), 512, 2048, 4095);
    expect(everyPartition(head, [512])).toEqual([
      { offset: 0, sizeBytes: 2 * MIB },
      { offset: MIB, sizeBytes: MIB },
    ]);
  });

  it("is nothing where there is no table, or not even room for one", () => {
    expect(everyPartition(Buffer.alloc(MIB), [512, 4096])).toEqual([]);
    expect(everyPartition(Buffer.alloc(1), [512, 4096])).toEqual([]);
  });
});

describe("the copy of a table", () => {
  const sizes = sectorSizes({ alignment: 4096 });
  const head = (type: number, sectorBytes = 512) => withGpt(mbr(type, 1, 0xffffffff), sectorBytes, 300, 399);

  it.each([512, 4096])(
    "lies inside a drive that goes on behind it, in sectors of %d bytes",
    (sectorBytes) => {
      expect(copyIsInside(head(0xee, sectorBytes), sizes, 1001 * sectorBytes)).toBe(true);
      expect(copyIsInside(head(0xee, sectorBytes), sizes, 1000 * sectorBytes)).toBe(false);
    },
  );

  it("is none that counts where nothing protects the table", () => {
    expect(copyIsInside(head(0x17), sizes, 2000 * 512)).toBe(false);
    expect(copyIsInside(mbr(0xee, 1, 9), sizes, 2000 * 512)).toBe(false);
    expect(copyIsInside(Buffer.alloc(1), sizes, 2000 * 512)).toBe(false);
  });
});
