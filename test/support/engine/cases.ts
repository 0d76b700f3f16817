/** Random images, and random things that a drive held before. */
import { execFileSync } from "node:child_process";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { ImageFormat } from "#contract/images.ts";
import type { Random } from "../random.ts";

export const MIB = 1024 ** 2;

/** Every format that can be packed here; another one is a line. */
const packers = {
  raw: (content: Buffer) => content,
  zst: (content: Buffer) => zstdCompressSync(content),
  gz: (content: Buffer) => gzipSync(content, { level: 1 }),
  xz: (content: Buffer) => packBy("xz", ["-0"], content),
  "blocks.xz": (content: Buffer) => packBy("xz", ["-0", "--block-size=300KiB"], content),
  bz2: (content: Buffer) => packBy("bzip2", ["-1"], content),
  zip: (content: Buffer) => packBy("zip", ["-q", "-1", "-", "-"], content),
};

function packBy(program: string, options: string[], content: Buffer): Buffer {
  return execFileSync(program, options, { input: content, maxBuffer: 2 ** 30 });
}

export type Packing = keyof typeof packers;

/** Mostly one that packs quickly; each .bz2 starts threads to be unpacked. */
export function randomPacking(random: Random): Packing {
  if (random.chance(0.7)) return random.pick(["raw", "zst", "gz"]);
  return random.chance(0.1) ? "bz2" : random.pick(["xz", "blocks.xz", "zip"]);
}

export function formatOf(packing: Packing): ImageFormat {
  return packing === "blocks.xz" ? "xz" : packing;
}

export function pack(content: Buffer, packing: Packing): Buffer {
  return packers[packing](content);
}

/** Odd and even sizes, holes, runs and noise; begins so that it is taken for no archive. */
export function randomImage(random: Random, limit: number): Buffer {
  const sizes = [random.below(limit) + 1, (random.below(limit / MIB) + 1) * MIB, random.below(3000) + 1];
  const content = Buffer.alloc(random.pick([sizes[0] ?? 1, ...sizes]));
  for (let position = 0; position < content.length; ) {
    const stretch = content.subarray(position, position + random.below(MIB) + 1);
    if (random.chance(0.3)) stretch.fill(random.below(256));
    else if (random.chance(0.6)) random.fill(stretch);
    position += stretch.length;
  }
  content.fill(0, 0, Math.min(512, content.length));
  return content;
}

/** Nothing, something else, this very image, or most of it. */
export function randomOldContent(random: Random, image: Buffer, driveBytes: number): Buffer {
  const drive = Buffer.alloc(driveBytes);
  const kind = random.pick(["blank", "foreign", "same", "changed", "half"]);
  if (kind === "blank") return drive;
  if (kind === "foreign" || kind === "half") random.fill(drive);
  if (kind === "foreign") return drive;
  image.copy(drive, 0, 0, kind === "half" ? Math.floor(image.length / 2) : image.length);
  for (let change = kind === "changed" ? random.below(20) : 0; change > 0; change -= 1) {
    const at = random.below(driveBytes);
    random.fill(drive.subarray(at, at + random.below(5000) + 1));
  }
  return drive;
}

/** Packed bytes as a bad download leaves them. */
export function damage(random: Random, packed: Buffer): Buffer {
  if (random.chance(0.5)) return packed.subarray(0, random.below(packed.length));
  const flipped = Buffer.from(packed);
  const at = random.below(flipped.length);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random.below(8)), at);
  return flipped;
}
