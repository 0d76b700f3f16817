import { describe, expect, it } from "vitest";
import { applyPatches } from "../../../../src-main/writer/image/patches.ts";

const patches = [
  { offset: 0, bytes: Buffer.from("AB") },
  { offset: 7, bytes: Buffer.from("CDEF") },
  { offset: 19, bytes: Buffer.from("G") },
];

describe("patches on an image that flows by", () => {
  it.each([1, 2, 3, 8, 9, 20, 100])("come out alike in chunks of %d bytes", (chunkBytes) => {
    const image = Buffer.from("....................");
    for (let start = 0; start < image.length; start += chunkBytes) {
      applyPatches(image.subarray(start, start + chunkBytes), start, patches);
    }
    expect(image.toString()).toBe("AB.....CDEF........G");
  });
});
