import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { NotAFrame, ZstdFrameSplitter } from "../../../../src-main/writer/image/zstd-frames.ts";

function frame(content: Buffer, checksum: boolean): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 } });
}

function skippable(content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a53, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** What each frame of a file holds, when the file comes in chunks of one size. */
function unpackInChunks(file: Buffer, chunkBytes: number): { contents: Buffer[]; complete: boolean } {
  const splitter = new ZstdFrameSplitter();
  const contents: Buffer[] = [];
  let open: Buffer[] = [];
  for (let start = 0; start < file.length; start += chunkBytes) {
    for (const { bytes, last } of splitter.push(file.subarray(start, start + chunkBytes))) {
      open.push(Buffer.from(bytes));
      if (!last) continue;
      contents.push(zstdDecompressSync(Buffer.concat(open)));
      open = [];
    }
  }
  return { contents, complete: splitter.complete };
}

const contents = [
  Buffer.from("short"),
  Buffer.alloc(300_000, 7),
  randomBytes(150_000),
  Buffer.alloc(0),
  Buffer.from("compressible ".repeat(30_000)),
];
const frames = contents.map((content, index) => frame(content, index % 2 === 0));

describe("zstd frames", () => {
  it.each([1, 2, 3, 7, 4096, 10_000_000])("are told apart in chunks of %d bytes", (chunkBytes) => {
    const found = unpackInChunks(Buffer.concat(frames), chunkBytes);
    expect(
      found.contents.map((content, index) => content.equals(contents[index] ?? frames[0] ?? content)),
    ).toEqual(contents.map(() => true));
    expect(found.complete).toBe(true);
  });

  it.each([1, 5, 100_000])("leave out skippable ones, in chunks of %d bytes", (chunkBytes) => {
    const file = Buffer.concat(
      frames.slice(0, 2).flatMap((each) => [skippable(randomBytes(40)), each, skippable(Buffer.alloc(0))]),
    );
    const found = unpackInChunks(file, chunkBytes);
    expect(found.contents).toHaveLength(2);
    expect(found.complete).toBe(true);
  });

  it("are not complete wherever they are cut", () => {
    const [first = Buffer.alloc(0)] = frames;
    for (let length = 1; length < first.length; length += 1) {
      const splitter = new ZstdFrameSplitter();
      expect([...splitter.push(first.subarray(0, length))].some((part) => part.last)).toBe(false);
      expect(splitter.complete).toBe(false);
    }
  });

  it("are followed by nothing else", () => {
    const splitter = new ZstdFrameSplitter();
    const [first = Buffer.alloc(0)] = frames;
    expect(() => [...splitter.push(Buffer.concat([first, Buffer.from("else")]))]).toThrow(NotAFrame);
  });
});
