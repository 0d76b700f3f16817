import { describe, expect, it } from "vitest";
import { Digest } from "../../../src-main/writer/digest.ts";

function digestOf(...chunks: string[]): Digest {
  const digest = new Digest();
  for (const chunk of chunks) digest.add(Buffer.from(chunk));
  return digest;
}

describe("a digest", () => {
  it("starts like another one until a chunk differs", () => {
    const written = digestOf("one", "two", "three");
    expect(digestOf("one").startsLike(written)).toBe(true);
    expect(digestOf("one", "two").startsLike(written)).toBe(true);
    expect(digestOf("one", "2").startsLike(written)).toBe(false);
  });

  it("has one checksum for the same bytes, however they are cut", () => {
    expect(digestOf("one", "two").checksum()).toBe(digestOf("onetwo").checksum());
    expect(digestOf("one", "two").checksum()).not.toBe(digestOf("onetwp").checksum());
    expect(digestOf("one").checksum()).toMatch(/^[0-9a-f]{16}$/);
  });
});
