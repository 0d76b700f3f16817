import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Appended, appendPartition } from "../../../../src-main/writer/image/append-partition.ts";
import { applyPatches } from "../../../../src-main/writer/image/patches.ts";
import { refusal } from "../../../support/runs.ts";

const MIB = 1024 ** 2;
const imageBytes = 40 * MIB + 2048;
const start = 41 * MIB;
const size = 16 * MIB;

type Entry = { type: number; first: number; sectors: number };

function mbr(...entries: Entry[]): Buffer {
  const head = Buffer.alloc(MIB);
  head.writeUInt16LE(0xaa55, 510);
  for (const [index, { type, first, sectors }] of entries.entries()) {
    const at = 446 + index * 16;
    head.writeUInt8(type, at + 4);
    head.writeUInt32LE(first, at + 8);
    head.writeUInt32LE(sectors, at + 12);
  }
  return head;
}

const iso: Entry = { type: 0x17, first: 0, sectors: imageBytes / 512 };
const efi: Entry = { type: 0xef, first: 64, sectors: 5760 };

function gpt(used = 2, change: (header: Buffer) => void = () => undefined): Buffer {
  const head = mbr({ type: 0xee, first: 1, sectors: imageBytes / 512 - 1 });
  head.write("EFI PART", 512, "latin1");
  const header = head.subarray(512, 1024);
  header.writeUInt32LE(0x10000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(1n, 24);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  for (let index = 0; index < used; index += 1)
    head.fill(index + 1, 1024 + index * 128, 1024 + index * 128 + 16);
  change(header);
  return head;
}

function changed(head: Buffer, { patches }: Appended): Buffer {
  const copy = Buffer.from(head);
  applyPatches(copy, 0, patches);
  return copy;
}

describe("a partition behind a hybrid image", () => {
  it("begins at the next whole MiB, as one more entry of the MBR", () => {
    const head = mbr(iso, efi);
    const appended = appendPartition(head, imageBytes, size);
    const after = changed(head, appended);
    expect(appended.offset).toBe(start);
    expect(appended.after).toHaveLength(0);
    expect(after.readUInt8(446 + 32 + 4)).toBe(0x0c);
    expect(after.readUInt32LE(446 + 32 + 8)).toBe(start / 512);
    expect(after.readUInt32LE(446 + 32 + 12)).toBe(size / 512);
  });

  it("changes nothing else of the image", () => {
    const head = mbr(iso, efi);
    const after = changed(head, appendPartition(head, imageBytes, size));
    after.fill(0, 446 + 32, 446 + 48);
    expect(after.equals(head)).toBe(true);
  });

  it("goes by the MBR where that does not protect the GPT beside it", () => {
    const head = gpt();
    head.writeUInt8(0x17, 446 + 4);
    expect(appendPartition(head, imageBytes, size).patches).toHaveLength(1);
  });
});

describe("a partition behind an image with a GPT", () => {
  it("is one more entry, in both copies, with their checksums", () => {
    const head = gpt();
    const appended = appendPartition(head, imageBytes, size);
    const after = changed(head, appended);
    const header = Buffer.from(after.subarray(512, 512 + 92));
    const table = after.subarray(1024, 1024 + 128 * 128);
    expect(table.readBigUInt64LE(2 * 128 + 32)).toBe(BigInt(start / 512));
    expect(table.readBigUInt64LE(2 * 128 + 40)).toBe(BigInt((start + size) / 512 - 1));
    expect(header.readUInt32LE(88)).toBe(crc32(table));
    const sum = header.readUInt32LE(16);
    header.writeUInt32LE(0, 16);
    expect(sum).toBe(crc32(header));
    expect(appended.after).toHaveLength(33 * 512);
    expect(appended.after.subarray(0, 128 * 128).equals(table)).toBe(true);
    expect(Number(header.readBigUInt64LE(32)) * 512).toBe(start + size + 32 * 512);
  });

  it("has the protective entry reach to the new end", () => {
    const head = gpt();
    const after = changed(head, appendPartition(head, imageBytes, size));
    expect(after.readUInt32LE(446 + 12)).toBe((start + size) / 512 + 32);
  });
});

describe("no partition is put behind", () => {
  it.each([
    ["an image without a table", Buffer.alloc(MIB), imageBytes],
    ["an image that is too short for one", mbr(iso).subarray(0, 4096), 4096],
    ["a full MBR", mbr(iso, efi, efi, efi), imageBytes],
    ["a full GPT", gpt(128), imageBytes],
    ["a table that reaches past the image", mbr({ ...efi, sectors: 1_000_000 }), imageBytes],
    ["an image of two TiB", mbr(efi), 2 ** 41],
    ["a protective MBR without a GPT", mbr({ type: 0xee, first: 1, sectors: 99 }), imageBytes],
    [
      "a GPT whose table lies elsewhere",
      gpt(2, (header) => header.writeBigUInt64LE(99_999n, 72)),
      imageBytes,
    ],
    ["a GPT with entries of another size", gpt(2, (header) => header.writeUInt32LE(256, 84)), imageBytes],
    ["a GPT with a table without end", gpt(2, (header) => header.writeUInt32LE(0xffffffff, 80)), imageBytes],
  ])("%s", (_what, head, bytes) => {
    expect(() => appendPartition(head, bytes, size)).toThrow(refusal("IMAGE_NOT_PERSONALISABLE"));
  });
});
