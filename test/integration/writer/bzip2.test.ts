import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Bzip2Splitter } from "../../../src-main/writer/image/bzip2-blocks.ts";
import { decode } from "../../../src-main/writer/image/decode.ts";
import { MIB, randomImage } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom } from "../../support/random.ts";

const seed = chooseSeed();
const random = createRandom(seed);
/** Ends with noise, so that most of what it packs to is what it holds. */
const image = Buffer.concat([randomImage(random, 2 * MIB), random.fill(Buffer.alloc(MIB))]);

function pack(content: Buffer, program = "bzip2", option = "-1"): Buffer {
  return execFileSync(program, ["-c", option], { input: content, maxBuffer: 2 ** 28 });
}

function* inChunks(file: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes);
}

async function unpacked(file: Buffer, chunkBytes = MIB): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const source = async function* () {
    yield* inChunks(file, chunkBytes);
  };
  for await (const chunk of decode("bz2", source())) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const oneStream = pack(image);
const fromPbzip2 = pack(image, "pbzip2", "-b2");
const severalStreams = Buffer.concat([
  pack(image.subarray(0, MIB)),
  pack(Buffer.alloc(0)),
  pack(image.subarray(MIB), "bzip2", "-9"),
]);

describe(`a .bz2, with seed ${seed}`, () => {
  it.each([
    ["of one stream", oneStream],
    ["of several streams and levels, and one of nothing", severalStreams],
    ["as pbzip2 makes it", fromPbzip2],
  ])("is unpacked as bzip2 does it: %s", async (_, file) => {
    expect((await unpacked(file)).equals(image)).toBe(true);
  });

  it.each([1, 997, 65_536])(
    "is taken apart into blocks that bzip2 unpacks, in chunks of %d bytes",
    (chunkBytes) => {
      const file = pack(image.subarray(0, 700_000));
      const splitter = new Bzip2Splitter();
      const blocks = [...inChunks(file, chunkBytes)].flatMap((chunk) => [...splitter.push(chunk)]);
      blocks.push(...splitter.finish());
      const contents = blocks.map((block) =>
        execFileSync("bzip2", ["-dc"], { input: block, maxBuffer: 2 ** 28 }),
      );
      expect(Buffer.concat(contents).equals(image.subarray(0, 700_000))).toBe(true);
    },
  );

  it("is unpacked where a block holds nothing but one byte again and again", async () => {
    const content = Buffer.alloc(60 * MIB, 7);
    expect((await unpacked(pack(content, "bzip2", "-9"))).equals(content)).toBe(true);
  });

  it("is found cut wherever it is cut", async () => {
    for (const length of [3, 20, 5000, Math.floor(oneStream.length / 2), oneStream.length - 1]) {
      const cut = unpacked(oneStream.subarray(0, length));
      await expect(cut, `${length} bytes`).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
  });

  it("is found damaged where a bit is another one", async () => {
    for (const share of [0, 0.3, 0.6, 1]) {
      const flipped = Buffer.from(oneStream);
      const at = Math.min(flipped.length - 2, Math.floor(flipped.length * share) + 5);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
      await expect(unpacked(flipped), `byte ${at}`).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
  });

  it("is found damaged where a block is missing, and where something follows its end", async () => {
    const splitter = new Bzip2Splitter();
    expect(() => [...splitter.push(withoutFirstBlock(oneStream)), ...splitter.finish()]).toThrow(
      expect.objectContaining({ code: "IMAGE_TRUNCATED" }),
    );
    for (const rest of [Buffer.from("BZ"), Buffer.from("something else, and long")]) {
      const longer = unpacked(Buffer.concat([oneStream, rest]));
      await expect(longer).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
  });
});

/** The header, and the rest from the second mark on, where that begins with a byte. */
function withoutFirstBlock(file: Buffer): Buffer {
  const bits = [...file].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const mark = 0x314159265359n.toString(2).padStart(48, "0");
  const rest = bits.slice(bits.indexOf(mark, 40));
  const bytes = rest.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)) ?? [];
  return Buffer.concat([file.subarray(0, 4), Buffer.from(bytes)]);
}
