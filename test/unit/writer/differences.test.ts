import { describe, expect, it } from "vitest";
import { differences, sizeOf } from "../../../src-main/writer/differences.ts";

const BLOCK = 64 * 1024;

function changedAt(bytes: number, ...places: number[]): [Buffer, Buffer] {
  const wanted = Buffer.alloc(bytes, 1);
  const found = Buffer.from(wanted);
  for (const place of places) found.writeUInt8(2, place);
  return [wanted, found];
}

describe("the differences of two chunks", () => {
  it("are none where all is the same", () => {
    expect(differences(...changedAt(10 * BLOCK))).toEqual([]);
  });

  it("are whole blocks, joined where they meet", () => {
    const parts = differences(...changedAt(10 * BLOCK, 0, BLOCK, 2 * BLOCK - 1, 7 * BLOCK + 5));
    expect(parts).toEqual([
      { start: 0, end: 2 * BLOCK },
      { start: 7 * BLOCK, end: 8 * BLOCK },
    ]);
    expect(sizeOf(parts)).toBe(3 * BLOCK);
  });

  it("end with the chunk", () => {
    expect(differences(...changedAt(BLOCK + 700, BLOCK + 699))).toEqual([{ start: BLOCK, end: BLOCK + 700 }]);
  });
});
