import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ImageFile, openImageFile } from "../../../src-main/writer/image/image-file.ts";
import { unpack } from "../../../src-main/writer/image/unpack.ts";
import { blocksToShare, tellTheirSizes, unpackBlocks } from "../../../src-main/writer/image/xz-blocks.ts";
import { asXzFile, findXzBlocks } from "../../../src-main/writer/image/xz-index.ts";
import { MIB, randomImage } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom } from "../../support/random.ts";

const folder = mkdtempSync("/dev/shm/floppy-xz-");
afterAll(() => rmSync(folder, { recursive: true }));

const seed = chooseSeed();
const random = createRandom(seed);
const image = Buffer.concat([randomImage(random, 4 * MIB), randomImage(random, 4 * MIB), Buffer.alloc(MIB)]);

function xz(content: Buffer, ...options: string[]): Buffer {
  return execFileSync("xz", ["-0", ...options], { input: content, maxBuffer: 2 ** 28 });
}

const inBlocks = xz(image, "--block-size=700KiB");
const severalStreams = Buffer.concat([
  xz(image.subarray(0, MIB), "--block-size=300KiB", "--check=sha256"),
  Buffer.alloc(8),
  xz(Buffer.alloc(0)),
  xz(image.subarray(MIB), "--block-size=1MiB", "--check=none"),
  Buffer.alloc(4),
]);

const findIn = (file: Buffer) =>
  findXzBlocks(async (offset, length) => file.subarray(offset, offset + length), file.length);

async function open(content: Buffer) {
  const path = join(folder, "image.xz");
  writeFileSync(path, content);
  return openImageFile(path);
}

async function unpacked(content: Buffer, from = 0) {
  const file = await open(content);
  const seen = createHash("sha256");
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of unpack(file, { from, observe: (bytes) => seen.update(bytes) })) {
      chunks.push(Buffer.from(chunk));
    }
  } finally {
    await file.handle.close();
  }
  return { image: Buffer.concat(chunks), seen: seen.digest("hex") };
}

describe(`the blocks of an .xz, with seed ${seed}`, () => {
  it.each([
    ["one stream", inBlocks],
    ["several streams, padding and kinds of checksums", severalStreams],
    ["one block", xz(image)],
  ])("are files of their own: %s", async (_, file) => {
    const contents = (await findIn(file))?.map((block) => {
      const { before, after } = asXzFile(block);
      const end = block.offset + Math.ceil(block.packedBytes / 4) * 4;
      const whole = Buffer.concat([before, file.subarray(block.offset, end), after]);
      const content = execFileSync("xz", ["-dc"], { input: whole, maxBuffer: 2 ** 28 });
      expect(content.length).toBe(block.sizeBytes);
      return content;
    });
    expect(Buffer.concat(contents ?? []).equals(image)).toBe(true);
  });

  it("are not believed where any byte of an index, a footer or a header is another one", async () => {
    const blocks = (await findIn(inBlocks)) ?? [];
    const last = blocks.at(-1);
    const edges = [...Array(12).keys()];
    for (let at = (last?.offset ?? 0) + (last?.packedBytes ?? 0) + 3; at < inBlocks.length; at += 1)
      edges.push(at);
    for (const at of edges) {
      const flipped = Buffer.from(inBlocks);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      expect(await findIn(flipped), `byte ${at}`).toBeNull();
    }
  });

  it("are not to be had from a file that is cut, or goes on after its end", async () => {
    for (const length of [0, 11, 23, inBlocks.length >> 1, inBlocks.length - 1]) {
      expect((await findIn(inBlocks.subarray(0, length))) ?? []).toEqual([]);
    }
    expect(await findIn(Buffer.concat([inBlocks, Buffer.from("more")]))).toBeNull();
    expect(await findIn(Buffer.concat([inBlocks, Buffer.alloc(6)]))).toBeNull();
  });

  it.each([
    ["more blocks than it has room for", [0, 0xff, 0xff, 0xff, 0x7f]],
    ["a block of no size", [0, 1, 0, 0]],
    ["numbers without end", [0, ...Array(30).fill(0xff)]],
    ["a block that is larger than the file", [0, 1, 0xff, 0xff, 0xff, 0x7f, 1]],
  ])("are not believed from an index with %s", async (_, content) => {
    expect(await findIn(withIndex(content))).toBeNull();
  });
});

/** A stream of nothing but an index, with true checksums. */
function withIndex(content: number[]): Buffer {
  const index = Buffer.alloc(Math.ceil(content.length / 4) * 4 + 4);
  index.set(content);
  index.writeUInt32LE(crc32(index.subarray(0, -4)), index.length - 4);
  const inFooter = Buffer.concat([Buffer.from([index.length / 4 - 1, 0, 0, 0]), inBlocks.subarray(6, 8)]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(inFooter));
  return Buffer.concat([inBlocks.subarray(0, 12), index, checksum, inFooter, Buffer.from("YZ")]);
}

describe.each([
  ["the system's xz", process.env.PATH],
  ["lzma-native, where there is no xz", "/nowhere"],
])("an .xz in blocks, by %s", (_by, path) => {
  beforeEach(() => void vi.stubEnv("PATH", path));
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ["one stream", inBlocks],
    ["several streams", severalStreams],
  ])("is unpacked from any place on, and seen whole: %s", async (_, file) => {
    for (const from of [0, 1, 700 * 1024, MIB, image.length - 1, random.below(image.length), image.length]) {
      const found = await unpacked(file, from);
      expect(found.image.equals(image.subarray(from)), `from ${from}`).toBe(true);
      expect(found.seen).toBe(createHash("sha256").update(file).digest("hex"));
    }
  });

  it("is found damaged where a block is, as far back as it lies", async () => {
    for (const share of [0.05, 0.5, 0.95]) {
      const flipped = Buffer.from(inBlocks);
      const at = Math.floor(flipped.length * share);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      await expect(unpacked(flipped)).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
  });

  it("is found damaged where an index with true checksums lies about what a block holds", async () => {
    const blocks = (await findIn(inBlocks)) ?? [];
    const [first, second] = blocks;
    if (!first || !second) throw new Error("there are no blocks");
    const lying = asXzFile({ ...first, sizeBytes: first.sizeBytes - 4096 });
    const one = inBlocks.subarray(first.offset, second.offset);
    const file = Buffer.concat([lying.before, one, lying.after, inBlocks]);
    expect(await findIn(file)).toHaveLength(blocks.length + 1);
    await expect(unpacked(file)).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
  });
});

it("blocks whose reader has left throw at nobody when their file is closed", async () => {
  const file = await open(inBlocks);
  const blocks = (await findIn(inBlocks)) ?? [];
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const handle = {
    ...file.handle,
    // The first block can be read; who asks for more waits until the file is closed.
    read: (buffer: Buffer, offset: number, length: number, position: number) =>
      position > (blocks[0]?.packedBytes ?? 0)
        ? late.promise
        : file.handle.read(buffer, offset, length, position),
  };
  for await (const _piece of unpackBlocks({ ...file, handle } as ImageFile, blocks, 0)) break;
  await file.handle.close();
  late.reject(new Error("file closed"));
  // An error that nobody hears is told within these turns, and fails the run of these tests.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
});

it("an .xz is unpacked in blocks only where there are several, and memory for two", async () => {
  const sharedIn = async (content: Buffer) => {
    const file = await open(content);
    const blocks = await blocksToShare(file);
    await file.handle.close();
    return blocks?.length ?? null;
  };
  expect(await sharedIn(inBlocks)).toBe(Math.ceil(image.length / (700 * 1024)));
  expect(await sharedIn(xz(image))).toBeNull();
  expect(await sharedIn(xz(Buffer.alloc(130 * MIB), "--block-size=60MiB"))).toBeNull();
});

it("the blocks of an .xz tell their sizes where several threads have packed them", async () => {
  const told = async (content: Buffer) => {
    const file = await open(content);
    const blocks = (await blocksToShare(file)) ?? [];
    const tell = await tellTheirSizes(file, blocks);
    await file.handle.close();
    return tell;
  };
  expect(await told(xz(image, "--block-size=700KiB", "--threads=2"))).toBe(true);
  expect(await told(xz(image, "--block-size=700KiB", "--threads=1"))).toBe(false);
});
