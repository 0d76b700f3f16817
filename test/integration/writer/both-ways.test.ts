/** Whatever the usual tools pack is unpacked to the same bytes: from its beginning, and from any place on. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { openImageFile } from "../../../src-main/writer/image/image-file.ts";
import { unpack } from "../../../src-main/writer/image/unpack.ts";
import { MIB, randomImage } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom } from "../../support/random.ts";

const folder = mkdtempSync("/dev/shm/floppy-both-");
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

const seed = chooseSeed();
const random = createRandom(seed);
const image = Buffer.concat([
  randomImage(random, 2 * MIB),
  Buffer.alloc(MIB),
  randomImage(random, 2 * MIB + 77),
]);
const plain = join(folder, "card.img");
writeFileSync(plain, image);

function packed(program: string, ...options: string[]): Buffer {
  return execFileSync(program, options, { input: image, maxBuffer: 2 ** 28, stdio: "pipe" });
}

function zipped(...options: string[]): Buffer {
  const path = join(folder, "card.zip");
  rmSync(path, { force: true });
  execFileSync("zip", ["-q", "-j", ...options, path, plain]);
  return execFileSync("cat", [path], { maxBuffer: 2 ** 28 });
}

async function unpacked(file: Buffer, from: number): Promise<Buffer> {
  const path = join(folder, "packed");
  writeFileSync(path, file);
  const opened = await openImageFile(path);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of unpack(opened, { from })) chunks.push(Buffer.from(chunk));
  } finally {
    await opened.handle.close();
  }
  return Buffer.concat(chunks);
}

const places = [0, 1, 700 * 1024, 700 * 1024 + 1, random.below(image.length), image.length - 1, image.length];

async function expectBothWays(file: Buffer): Promise<void> {
  for (const from of places)
    expect((await unpacked(file, from)).equals(image.subarray(from)), `from ${from}, seed ${seed}`).toBe(
      true,
    );
}

const inBlocks = ["--stdout", "--block-size=700KiB"];
const filters = {
  x86: ["--x86", "--lzma2=preset=0"],
  ARM: ["--arm", "--lzma2=preset=0"],
  Thumb: ["--armthumb", "--lzma2=preset=0"],
  PowerPC: ["--powerpc", "--lzma2=preset=0"],
  SPARC: ["--sparc", "--lzma2=preset=0"],
  delta: ["--delta=dist=4", "--lzma2=preset=0"],
  "delta and x86": ["--x86", "--delta=dist=1", "--lzma2=preset=0"],
  "a large dictionary": ["--lzma2=preset=0,dict=128MiB"],
};
const arm64 = ["--arm64", "--lzma2=preset=0"];

const families: [string, () => Buffer][] = [
  ["raw", () => image],
  ["gzip", () => packed("gzip", "-1c")],
  [
    "gzip of several members",
    () => Buffer.concat([image.subarray(0, MIB), image.subarray(MIB)].map(gzipped)),
  ],
  ["gzip with its name and a comment", () => named(gzipped(image))],
  ["bzip2", () => packed("bzip2", "-1c")],
  ["zstd", () => packed("zstd", "-qc")],
  ["zstd in frames, with skipped ones", () => packed("pzstd", "-qc", "-p", "3")],
  ["zstd without checksums", () => packed("zstd", "-qc", "--no-check", "--long=27")],
  ["zip", () => zipped()],
  ["zip that stores", () => zipped("-0")],
  ...["none", "crc32", "crc64", "sha256"].map((check): [string, () => Buffer] => [
    `xz in blocks, checked by ${check}`,
    () => packed("xz", "-0", "--threads=2", ...inBlocks, `--check=${check}`),
  ]),
  ...Object.entries(filters).map(([name, options]): [string, () => Buffer] => [
    `xz in blocks, with ${name}`,
    () => packed("xz", ...inBlocks, ...options),
  ]),
];

function gzipped(part: Buffer): Buffer {
  return execFileSync("gzip", ["-1c"], { input: part, maxBuffer: 2 ** 28 });
}

/** FEXTRA, FNAME, FCOMMENT and FHCRC, as no tool of here writes them all. */
function named(file: Buffer): Buffer {
  const head = Buffer.from(file.subarray(0, 10));
  head.writeUInt8(0x1e, 3);
  const fields = [head, Buffer.from([4, 0, 1, 2, 3, 4]), Buffer.from("card.img\0of Monday\0")];
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc32(Buffer.concat(fields)) & 0xffff);
  return Buffer.concat([...fields, checksum, file.subarray(10)]);
}

describe("an image is the same from its beginning and from any place on:", () => {
  it.each(families)("%s", (_what, pack) => expectBothWays(pack()));

  it.each(families.filter(([what]) => what.startsWith("xz")))(
    "%s, where there is no xz",
    async (_what, pack) => {
      const file = pack();
      vi.stubEnv("PATH", "/nowhere");
      await expectBothWays(file);
    },
  );
});

describe("an .xz with the ARM64 filter", () => {
  it.each([
    ["in blocks that several threads packed", ["--threads=2", ...inBlocks]],
    ["in blocks that one thread packed", ["--threads=1", ...inBlocks]],
    ["in one block", ["--stdout"]],
  ])("%s is the same from the beginning and from any place on", async (_what, options) => {
    await expectBothWays(packed("xz", ...options, ...arm64));
  });

  it("may begin behind blocks that have none", async () => {
    const [first, second] = [image.subarray(0, MIB), image.subarray(MIB)];
    const file = Buffer.concat([
      execFileSync("xz", ["-0", ...inBlocks], { input: first, maxBuffer: 2 ** 28 }),
      execFileSync("xz", [...inBlocks, ...arm64], { input: second, maxBuffer: 2 ** 28 }),
    ]);
    await expectBothWays(file);
  });

  it.each([
    ["in blocks", inBlocks],
    ["in one block", ["--stdout"]],
  ])(
    "%s is not called damaged where no xz knows it, but what is missing is named",
    async (_what, options) => {
      const file = packed("xz", ...options, ...arm64);
      for (const programs of ["/nowhere", oldXz()]) {
        vi.stubEnv("PATH", programs);
        for (const from of [0, MIB])
          await expect(unpacked(file, from)).rejects.toMatchObject({
            code: "IMAGE_FORMAT_UNKNOWN",
            message: expect.stringContaining("the ARM64 filter"),
            hint: expect.stringContaining("Install xz 5.4 or newer"),
          });
      }
    },
  );
});

describe("an .xz that wants a dictionary", () => {
  const NO_XZ = "/nowhere";
  const manners = [
    ["in one block", ["--stdout"]],
    ["in blocks", inBlocks],
  ] as const;

  it.each(manners)("of 128 MiB, %s, is unpacked", async (_what, options) => {
    const file = wanting(30, packed("xz", "--threads=1", ...options));
    for (const programs of [process.env.PATH, NO_XZ]) {
      vi.stubEnv("PATH", programs);
      for (const from of [0, MIB])
        expect((await unpacked(file, from)).equals(image.subarray(from))).toBe(true);
    }
  });

  it.each(manners)(
    "of 512 MiB, %s, is refused before it takes them, and not called damaged",
    async (_what, options) => {
      const file = wanting(34, packed("xz", "--threads=1", ...options));
      for (const programs of [process.env.PATH, NO_XZ]) {
        vi.stubEnv("PATH", programs);
        for (const from of [0, MIB])
          await expect(unpacked(file, from)).rejects.toMatchObject({
            code: "IMAGE_FORMAT_UNKNOWN",
            message: expect.stringContaining("more than 128 MiB"),
          });
      }
    },
  );
});

/** The same file, whose blocks say that they were packed with a dictionary of that size, in LZMA2's own code for it. */
function wanting(dictionary: number, file: Buffer): Buffer {
  const changed = Buffer.from(file);
  const filter = Buffer.from([0x21, 0x01]);
  const preset = file.readUInt8(file.indexOf(filter, 12) + 2);
  const told = Buffer.from([...filter, preset]);
  for (let at = file.indexOf(told); at >= 0; at = file.indexOf(told, at + 1)) {
    const start = file.lastIndexOf(2, at);
    const header = changed.subarray(start, start + (changed.readUInt8(start) + 1) * 4);
    if (
      at - start > 16 ||
      file.readUInt32LE(start + header.length - 4) !== crc32(file.subarray(start, start + header.length - 4))
    )
      continue;
    changed.writeUInt8(dictionary, at + 2);
    changed.writeUInt32LE(crc32(header.subarray(0, -4)), start + header.length - 4);
  }
  return changed;
}

/** Says what xz 5.2.5 says of a filter that it does not know. */
function oldXz(): string {
  const said = "xz: (stdin): Unsupported options";
  const version = "XZ_VERSION=50020052\\nLIBLZMA_VERSION=50020052\\n";
  const script = `#!/bin/sh
case "$*" in *--version*) printf '${version}';; *) /bin/cat > /dev/null; echo '${said}' >&2; exit 1;; esac
`;
  writeFileSync(join(folder, "xz"), script, { mode: 0o755 });
  return folder;
}
