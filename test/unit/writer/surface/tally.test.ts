import { describe, expect, it } from "vitest";
import { Pattern } from "../../../../src-main/writer/surface/pattern.ts";
import { BLOCK_BYTES, Tally } from "../../../../src-main/writer/surface/tally.ts";

const CHUNK = 64 * 1024;

function chunkAt(pattern: Pattern, position: number): Buffer {
  const chunk = Buffer.alloc(CHUNK);
  pattern.fill(chunk, position);
  return chunk;
}

describe("a tally of blocks", () => {
  it("counts what is right, and a last block that is none whole", () => {
    const tally = new Tally();
    const chunk = Buffer.alloc(BLOCK_BYTES + 512, 7);
    tally.compare(chunk, Buffer.from(chunk), 0);
    expect(tally).toMatchObject({ checkedBlocks: 2, badBlocks: 0, badOffset: null });
  });

  it("names the first byte that differs, in whatever order it is found", () => {
    const tally = new Tally();
    const wrong = Buffer.alloc(CHUNK);
    wrong.writeUInt8(1, 3 * BLOCK_BYTES + 17);
    wrong.writeUInt8(1, 9 * BLOCK_BYTES);
    tally.compare(Buffer.alloc(CHUNK), wrong, 5 * CHUNK);
    tally.addUnreadable(2 * CHUNK, 2 * BLOCK_BYTES);
    expect(tally).toMatchObject({ badBlocks: 4, checkedBlocks: 18, badOffset: 2 * CHUNK });
    const other = new Tally();
    other.compare(Buffer.alloc(CHUNK), wrong, 5 * CHUNK);
    expect(other.badOffset).toBe(5 * CHUNK + 3 * BLOCK_BYTES + 17);
  });

  it("finds the size at which a drive begins anew by what lies in the wrong place", () => {
    const [tally, pattern] = [new Tally(), new Pattern(CHUNK)];
    const holds = 37 * BLOCK_BYTES;
    const placeOf = (block: Buffer) => pattern.placeOf(block);
    for (const [position, times] of [
      [0, 6],
      [CHUNK, 9],
    ] as const) {
      const found = chunkAt(pattern, position + times * holds);
      tally.compare(chunkAt(pattern, position), found, position, placeOf);
    }
    expect(tally.repeatsAt).toBe(3 * holds);
    tally.compare(chunkAt(pattern, 0), chunkAt(pattern, 5 * holds), 0, placeOf);
    expect(tally.repeatsAt).toBe(holds);
  });
});

describe("a pattern", () => {
  it("tells each sector’s place beyond four gigabytes of sectors", () => {
    const pattern = new Pattern(CHUNK);
    const position = 5e12 - (5e12 % CHUNK);
    const chunk = chunkAt(pattern, position);
    expect(pattern.placeOf(chunk.subarray(0, 512))).toBe(position);
    expect(pattern.placeOf(chunk.subarray(4096))).toBe(position + 4096);
  });

  it("is not that of another test", () => {
    expect(new Pattern(CHUNK).placeOf(chunkAt(new Pattern(CHUNK), 0))).toBeNull();
    expect(new Pattern(CHUNK).placeOf(Buffer.alloc(4096))).toBeNull();
  });
});
