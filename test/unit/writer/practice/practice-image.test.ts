import { describe, expect, it } from "vitest";
import { isMarkedPractice } from "../../../../src-main/writer/practice/mark.ts";
import { practiceImage } from "../../../../src-main/writer/practice/practice-image.ts";
import { readMbr } from "../../../../src-main/writer/table/mbr.ts";

const MIB = 1024 ** 2;
const SECTORS_PER_MIB = MIB / 512;

/** The image as a file would hold it. */
function whole(medium: "card" | "stick"): Buffer {
  const { sizeBytes, parts } = practiceImage(medium);
  const content = Buffer.alloc(sizeBytes);
  for (const { offset, bytes } of parts) bytes.copy(content, offset);
  return content;
}

describe("the practice image", () => {
  it.each([
    ["card", [[8, 32] as const, [40, 128] as const], ["FIRMWARE", "ROOT"]],
    ["stick", [[1, 128] as const], ["INSTALLER"]],
  ] as const)("of a %s has its host's partitions, and ends with the last one", (medium, places, labels) => {
    const content = whole(medium);
    const found = (readMbr(content) ?? []).filter(({ type }) => type !== 0);
    expect(found.map(({ start, length }) => [start / SECTORS_PER_MIB, length / SECTORS_PER_MIB])).toEqual(
      places,
    );
    expect(
      found.map(({ start }) => content.toString("latin1", start * 512 + 43, start * 512 + 54).trim()),
    ).toEqual(labels);
    const [from, length] = places.at(-1) ?? [0, 0];
    expect(content.length).toBe((from + length) * MIB);
  });

  it("is the same every time, and mostly empty", () => {
    expect(whole("card").equals(whole("card"))).toBe(true);
    expect(practiceImage("card").parts.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(
      4 * MIB,
    );
  });

  it("says by its first bytes that no device starts from it, and has nothing to start", () => {
    for (const medium of ["card", "stick"] as const) {
      const head = whole(medium).subarray(0, MIB);
      expect(isMarkedPractice(head)).toBe(true);
      // “Next disk, please”, then for ever the same jump.
      expect([...head.subarray(0, 4)]).toEqual([0xcd, 0x18, 0xeb, 0xfe]);
      expect(readMbr(head)?.some(({ status }) => status !== 0)).toBe(false);
    }
    expect(isMarkedPractice(Buffer.alloc(MIB))).toBe(false);
    expect(isMarkedPractice(Buffer.alloc(0))).toBe(false);
  });
});
