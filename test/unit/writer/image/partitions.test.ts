import { describe, expect, it } from "vitest";
import { fatPartitions } from "../../../../src-main/writer/image/partitions.ts";

const MIB = 1024 ** 2;

type Entry = { type: number; offset: number; sizeBytes: number };

function mbr(...entries: Entry[]): Buffer {
  const head = Buffer.alloc(MIB);
  for (const [index, { type, offset, sizeBytes }] of entries.entries()) {
    const at = 446 + index * 16;
    head.writeUInt8(type, at + 4);
    head.writeUInt32LE(offset / 512, at + 8);
    head.writeUInt32LE(sizeBytes / 512, at + 12);
  }
  head.writeUInt16LE(0xaa55, 510);
  return head;
}

const efiSystem = "28732ac11ff8d211ba4b00a0c93ec93b";
const linux = "af3dc60f838472478e793d69d8477de4";

function gpt(entryBytes: number, ...entries: { id: string; offset: number; sizeBytes: number }[]): Buffer {
  const head = mbr({ type: 0xee, offset: 512, sizeBytes: 100 * MIB });
  head.write("EFI PART", 512, "latin1");
  head.writeBigUInt64LE(2n, 512 + 72);
  head.writeUInt32LE(128, 512 + 80);
  head.writeUInt32LE(entryBytes, 512 + 84);
  for (const [index, { id, offset, sizeBytes }] of entries.entries()) {
    const at = 1024 + index * entryBytes;
    head.write(id, at, "hex");
    head.writeBigUInt64LE(BigInt(offset / 512), at + 32);
    head.writeBigUInt64LE(BigInt((offset + sizeBytes) / 512 - 1), at + 40);
  }
  return head;
}

const firmware = { offset: 8 * MIB, sizeBytes: 30 * MIB };
const root = { offset: 38 * MIB, sizeBytes: 50 * MIB };

describe("partitions that may hold FAT", () => {
  it.each([0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e, 0xef])(
    "are those of type %d in a master boot record",
    (type) => {
      expect(fatPartitions(mbr({ type, ...firmware }, { type: 0x83, ...root }))).toEqual([firmware]);
    },
  );

  it("come in the table's order", () => {
    const other = { offset: 100 * MIB, sizeBytes: MIB };
    expect(fatPartitions(mbr({ type: 0x0c, ...other }, { type: 0x0c, ...firmware }))).toEqual([
      other,
      firmware,
    ]);
  });

  it.each([128, 256])("are found in a GPT with entries of %d bytes", (entryBytes) => {
    const head = gpt(entryBytes, { id: linux, ...root }, { id: efiSystem, ...firmware });
    expect(fatPartitions(head)).toEqual([firmware]);
  });

  it("are none where the boot signature is missing", () => {
    const head = mbr({ type: 0x0c, ...firmware });
    head.writeUInt16LE(0, 510);
    expect(fatPartitions(head)).toEqual([]);
  });

  it("are none in a table of nonsense", () => {
    expect(fatPartitions(mbr({ type: 0x0c, offset: 0, sizeBytes: 0 }))).toEqual([]);
    expect(fatPartitions(gpt(4, { id: efiSystem, ...firmware }))).toEqual([]);
    expect(fatPartitions(Buffer.alloc(100))).toEqual([]);
  });

  it("are none past the part of the table that was read", () => {
    const head = gpt(128, { id: efiSystem, ...firmware });
    head.writeBigUInt64LE(1_000_000_000n, 512 + 72);
    expect(fatPartitions(head)).toEqual([]);
  });
});
