import { describe, expect, it } from "vitest";
import { MissingRange, Volume } from "../../../../src-main/writer/fat/volume.ts";

const known = [
  { offset: 0, bytes: Buffer.alloc(2048, 1) },
  { offset: 2048, bytes: Buffer.alloc(1024, 2) },
];

describe("a volume", () => {
  it("shows what was changed above what was read", () => {
    const volume = new Volume(known);
    volume.write(1000, Buffer.from([9, 9]));
    expect([...volume.read(998, 6)]).toEqual([1, 1, 9, 9, 1, 1]);
    expect([...volume.read(2046, 4)]).toEqual([1, 1, 2, 2]);
  });

  it("gives its changes in whole blocks, neighbours joined, the base left alone", () => {
    const volume = new Volume(known);
    volume.write(2050, Buffer.from([9]));
    volume.write(1530, Buffer.alloc(20, 8));
    expect(volume.changes().map(({ offset, bytes }) => [offset, bytes.length])).toEqual([[1024, 1536]]);
    expect(known[0]?.bytes.every((byte) => byte === 1)).toBe(true);
  });

  it("asks for all that is missing from the first missing byte on", () => {
    const volume = new Volume(known);
    try {
      volume.read(2560, 4096);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MissingRange);
      expect(error).toMatchObject({ offset: 3072, bytes: 3584 });
    }
  });

  it("writes whole blocks without knowing what they held", () => {
    const volume = new Volume([]);
    volume.write(512, Buffer.alloc(1024, 5));
    expect(volume.changes()).toEqual([{ offset: 512, bytes: Buffer.alloc(1024, 5) }]);
    expect(() => volume.write(2048, Buffer.alloc(10))).toThrow(MissingRange);
  });
});
