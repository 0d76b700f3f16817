import { describe, expect, it } from "vitest";
import { Digest, hashBytes } from "../../../src-main/writer/digest.ts";

function digestOf(...chunks: string[]): Digest {
  const digest = new Digest();
  for (const chunk of chunks) digest.add(hashBytes(Buffer.from(chunk)));
  return digest;
}

describe("a digest", () => {
  it("has one checksum for the same chunks, and another for others", () => {
    expect(digestOf("one", "two").checksum()).toBe(digestOf("one", "two").checksum());
    expect(digestOf("one", "two").checksum()).not.toBe(digestOf("one", "twp").checksum());
    expect(digestOf("one", "two").checksum()).not.toBe(digestOf("two", "one").checksum());
    expect(digestOf("one").checksum()).toMatch(/^[0-9a-f]{16}$/);
  });

  it("keeps what was written, and how much that is", () => {
    const digest = new Digest();
    const stretches = [
      { offset: 0, length: 512, hash: hashBytes(Buffer.from("one")) },
      { offset: 4096, length: 1024, hash: hashBytes(Buffer.from("two")) },
    ];
    for (const stretch of stretches) digest.wrote(stretch);
    expect(digest.written).toEqual(stretches);
    expect(digest.writtenBytes).toBe(1536);
  });
});
