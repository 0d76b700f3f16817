import { describe, expect, it } from "vitest";
import { markedPlaces, PROBE_BYTES, suspectedSizes } from "../../../../src-main/writer/probe/places.ts";

const MIB = 1024 ** 2;
const sizes = [4 * MIB, 5 * MIB + 512, 16 * MIB, 31_914_983_424, 64e9, 2_000_398_934_016];

describe("the places of marks", () => {
  it.each(sizes)("on %d bytes lie on it, apart from each other, and reach to its end", (sizeBytes) => {
    const places = markedPlaces(sizeBytes);
    expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
    expect(places.every((place) => place > 0 && place % PROBE_BYTES === 0)).toBe(true);
    expect(sizeBytes - (places.at(-1) ?? 0)).toBeLessThan(2 * PROBE_BYTES);
    expect(places.length).toBeLessThan(40);
  });

  it("lie on each power of two, where the address of a false card has one bit too few", () => {
    expect(markedPlaces(64e9)).toEqual(expect.arrayContaining([2 ** 22, 2 ** 30, 2 ** 33, 2 ** 35]));
  });

  it("lie beyond any true size in more than one place", () => {
    for (const holds of [32e9, 50e9, 63.9e9]) {
      expect(markedPlaces(64e9).filter((place) => place > holds).length).toBeGreaterThan(1);
    }
  });
});

describe("the sizes that a drive may have in truth", () => {
  it.each(sizes)("are smaller than %d and whole blocks, the smallest first", (sizeBytes) => {
    const suspects = suspectedSizes(sizeBytes);
    expect(suspects).toEqual(suspects.toSorted((a, b) => a - b));
    expect(suspects.every((size) => size < sizeBytes && size % PROBE_BYTES === 0)).toBe(true);
    expect(suspects.length).toBeLessThan(100);
  });

  it("are those of chips, of what is printed on cards, and even parts", () => {
    expect(suspectedSizes(64e9)).toEqual(
      expect.arrayContaining(
        [2 ** 33, (2 ** 33 * 15) / 16, 8e9, 16e9, 32e9].filter((size) => size % 4096 === 0),
      ),
    );
  });
});
