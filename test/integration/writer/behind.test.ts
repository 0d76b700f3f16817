/** What lies behind a packed image in its file: harmless, known and named, or not to be told from a damage. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Behind } from "../../../src-main/writer/image/behind.ts";
import { decode, type StreamFormat } from "../../../src-main/writer/image/decode.ts";
import { inspect } from "../../../src-main/writer/inspect.ts";
import { MIB, randomImage } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom } from "../../support/random.ts";

const folder = mkdtempSync("/dev/shm/floppy-behind-");
afterAll(() => rmSync(folder, { recursive: true }));

const random = createRandom(chooseSeed());
const image = randomImage(random, 2 * MIB);
const packers = {
  gz: ["gzip", "-1c"],
  bz2: ["bzip2", "-1c"],
  zst: ["zstd", "-1qc"],
  xz: ["xz", "-0c"],
} as const;
const formats = Object.keys(packers) as (keyof typeof packers)[];

const pack = (format: keyof typeof packers, content = image) =>
  execFileSync(packers[format][0], [packers[format][1]], { input: content, maxBuffer: 2 ** 28 });

/** As OpenWrt's fwtool closes what it puts behind an image: magic number, checksum, kind, and size with all of that. */
function closed(kind: number, content: Buffer): Buffer {
  const closing = Buffer.alloc(16);
  closing.write("FWx0");
  closing.writeUInt32BE(random.below(2 ** 32), 4);
  closing.writeUInt8(kind, 8);
  closing.writeUInt32BE(content.length + closing.length, 12);
  return Buffer.concat([content, closing]);
}

const metadata = closed(1, Buffer.concat([Buffer.alloc(8), Buffer.from('{"metadata_version": "1.1"}')]));
const signature = closed(0, Buffer.from("untrusted comment: signed by a key of OpenWrt\n"));
const openwrt = Buffer.concat([metadata, signature]);

function inspecting(...parts: Buffer[]) {
  const path = join(folder, "card.img.packed");
  writeFileSync(path, Buffer.concat(parts));
  return inspect(path, () => undefined);
}

/** As it comes over the network: in chunks that end anywhere. */
async function decoded(
  format: StreamFormat,
  file: Buffer,
  chunkBytes: number,
  behind: Behind,
): Promise<Buffer> {
  async function* chunks() {
    for (let at = 0; at < file.length; at += chunkBytes)
      yield Buffer.from(file.subarray(at, at + chunkBytes));
  }
  const found: Buffer[] = [];
  for await (const chunk of decode(format, chunks(), behind)) found.push(Buffer.from(chunk));
  return Buffer.concat(found);
}

describe.each(formats)("behind an image as .%s", (format) => {
  it("zeros, as on a tape, change nothing", async () => {
    for (const bytes of [1, 3, 512, 3 * MIB]) {
      const found = await inspecting(pack(format), Buffer.alloc(bytes));
      expect(found.sizeBytes).toBe(image.length);
      // Whole words of them belong to the format itself.
      const isPadding = format === "xz" && bytes % 4 === 0;
      expect(found.behind).toEqual(isPadding ? undefined : { kind: "zeros", bytes });
    }
  });

  it("OpenWrt’s metadata and signature are known, and not part of it", async () => {
    for (const behind of [metadata, signature, openwrt, Buffer.concat([Buffer.alloc(100), openwrt])]) {
      const found = await inspecting(pack(format), behind);
      expect(found).toMatchObject({
        sizeBytes: image.length,
        behind: { kind: "openwrt", bytes: behind.length },
      });
      expect(found.contentHash).toBe((await inspecting(image)).contentHash);
    }
  });

  it.each([
    ["a signature that nobody knows", Buffer.from("untrusted comment: of somebody\n")],
    ["one byte", Buffer.from("x")],
    ["zeros and something else", Buffer.concat([Buffer.alloc(512), Buffer.from("something else")])],
    ["OpenWrt’s piece of another length", Buffer.concat([Buffer.from("x"), openwrt])],
    ["a second part whose first byte is another one", damaged(pack(format))],
  ])("%s is counted and left to a person, with the image called whole", async (_what, behind) => {
    await expect(inspecting(pack(format), behind)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`lie ${behind.length} bytes .* Up to there it is whole`)),
      hint: expect.stringContaining(`${packers[format][0]} -dc`),
    });
  });
});

it.each(["gz", "bz2", "zst"] as const)(
  "what lies behind a .%s is found the same in chunks of any size",
  async (format) => {
    const parts = [pack(format, image.subarray(0, MIB)), pack(format, image.subarray(MIB))];
    for (const chunkBytes of [997, 65_536, 10_000_000]) {
      const behind = new Behind(format);
      const found = await decoded(format, Buffer.concat([...parts, openwrt]), chunkBytes, behind);
      expect(found.equals(image)).toBe(true);
      expect(behind.judge()).toEqual({ kind: "openwrt", bytes: openwrt.length });
    }
  },
);

function damaged(part: Buffer): Buffer {
  const bytes = Buffer.from(part.subarray(0, 900_000));
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes;
}

describe("a .gz", () => {
  it.each([0, 1, 5, 9])(
    "is refused where a checksum or size at its end is another one, at %d",
    async (at) => {
      const file = pack("gz");
      const place = file.length - 8 + (at % 8);
      file.writeUInt8(file.readUInt8(place) ^ 1, place);
      await expect(inspecting(file)).rejects.toMatchObject({
        code: "IMAGE_TRUNCATED",
        message: /checksum|size/,
      });
    },
  );

  it("is refused as cut off wherever it is cut, in its second member, too", async () => {
    const first = pack("gz");
    const second = pack("gz", random.fill(Buffer.alloc(MIB)));
    for (const length of [4, 9, 12, 5000, second.length - 9, second.length - 8, second.length - 1])
      await expect(inspecting(first, second.subarray(0, length))).rejects.toMatchObject({
        message: expect.stringContaining("ends too early"),
      });
  });
});

it("a .zst that was packed with a dictionary is called that", async () => {
  const dictionary = join(folder, "dictionary");
  const samples = Array.from({ length: 200 }, (_, index) => join(folder, `sample-${index}`));
  for (const sample of samples)
    writeFileSync(sample, `a line of a text, the ${random.below(9999)}th\n`.repeat(20));
  execFileSync("zstd", ["-q", "--train", ...samples, "-o", dictionary], { stdio: "pipe" });
  const file = execFileSync("zstd", ["-qc", "-D", dictionary], { input: image, maxBuffer: 2 ** 28 });
  await expect(inspecting(file)).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNKNOWN",
    message: expect.stringContaining("packed with a dictionary"),
    hint: expect.stringContaining("zstd -d -D"),
  });
});
