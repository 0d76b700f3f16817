import { describe, expect, it } from "vitest";
import { FirmwareFinder } from "../../../../src-main/writer/image/firmware.ts";
import { bootSector } from "../fat/boot-sector.ts";

const MIB = 1024 ** 2;

function image(...volumes: { at: number; sizeBytes: number; label: string; boot?: Buffer }[]): Buffer {
  const bytes = Buffer.alloc(12 * MIB);
  bytes.writeUInt16LE(0xaa55, 510);
  for (const [index, { at, sizeBytes, label, boot }] of volumes.entries()) {
    const entry = 446 + 16 * index;
    bytes.writeUInt8(0x0c, entry + 4);
    bytes.writeUInt32LE(at / 512, entry + 8);
    bytes.writeUInt32LE(sizeBytes / 512, entry + 12);
    (boot ?? bootSector({ bits: 16, totalSectors: 8192, label })).copy(bytes, at);
  }
  return bytes;
}

function find(bytes: Buffer, chunkBytes: number) {
  const finder = new FirmwareFinder();
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    finder.push(bytes.subarray(start, start + chunkBytes));
  }
  return finder.finish();
}

const volume = { at: 5 * MIB, sizeBytes: 4 * MIB, label: "BOOT" };
const firmware = { at: 9 * MIB - 512 * 3, sizeBytes: 3 * MIB, label: "FIRMWARE" };
const small = bootSector({ bits: 12, totalSectors: 4096, label: "FIRMWARE" });

describe("the partition for a device's identity", () => {
  it.each([100, 511, 4096, 1_000_003, 16 * MIB])(
    "is found when the image comes in chunks of %d bytes",
    (bytes) => {
      expect(find(image(volume), bytes)).toEqual({ offset: 5 * MIB, sizeBytes: 4 * MIB });
    },
  );

  it("is the one labelled FIRMWARE where there are several", () => {
    expect(find(image(volume, { ...firmware, boot: small }), MIB)).toMatchObject({ offset: firmware.at });
  });

  it("may begin within the first MiB", () => {
    const early = { at: 63 * 512, sizeBytes: 4 * MIB, label: "DOS" };
    expect(find(image(early), 4096)).toMatchObject({ offset: 63 * 512 });
  });

  it.each([
    ["the table says FAT and the partition is something else", { ...volume, boot: Buffer.alloc(512) }],
    ["the file system is larger than its partition", { ...volume, sizeBytes: MIB }],
    ["the partition is larger than the image", { ...volume, sizeBytes: 40 * MIB }],
  ])("is none where %s", (_, wrong) => {
    expect(find(image(wrong), MIB)).toBeNull();
  });

  it("is none in an image without partitions, however small", () => {
    expect(find(Buffer.alloc(3), 1)).toBeNull();
  });
});
