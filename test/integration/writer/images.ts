/** Images to write, made with other tools than Floppy's own. */
import { randomFillSync } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { MIB, run } from "../drives/bench.ts";

export const FIRMWARE = { offset: 2 * MIB, sizeBytes: 16 * MIB };
const ROOT = { offset: 18 * MIB, sizeBytes: 6 * MIB };

/** As a card's image is: a boot block, a FAT partition with a file in it, an ext4 partition; 24 MiB. */
export function makeCardImage(folder: string): string {
  const image = join(folder, "card.img");
  writeFileSync(image, "");
  truncateSync(image, ROOT.offset + ROOT.sizeBytes);
  run("sh", "-c", `printf '%s\\n' "$1" | sfdisk --quiet "$2"`, "sh", sfdiskScript(), image);
  writeAt(image, 1024, randomFillSync(Buffer.alloc(600_000)));
  const firmware = join(folder, "firmware.img");
  makeFat(firmware, 16, FIRMWARE.sizeBytes);
  const kernel = join(folder, "kernel");
  writeFileSync(kernel, randomFillSync(Buffer.alloc(3_000_001)));
  run("mcopy", "-i", firmware, kernel, "::");
  writeAt(image, FIRMWARE.offset, readFileSync(firmware));
  run("mke2fs", "-q", "-t", "ext4", "-E", `offset=${ROOT.offset}`, image, `${ROOT.sizeBytes / 1024}k`);
  return image;
}

export function makeFat(path: string, bits: 12 | 16 | 32, sizeBytes: number): string {
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  run("mkfs.fat", "-F", String(bits), "-n", "FIRMWARE", path);
  return path;
}

const packers = {
  zst: ["zstd", "-q", "-f", "-k"],
  gz: ["gzip", "-f", "-k"],
  xz: ["xz", "-f", "-k", "-1"],
  bz2: ["bzip2", "-f", "-k", "-1"],
  zip: ["zip", "-q", "-j", "-FS"],
} as const;

/** The image packed by the usual tool, beside it. */
export function pack(image: string, format: keyof typeof packers): string {
  const [program, ...options] = packers[format];
  run(program, ...options, ...(format === "zip" ? [`${image}.zip`] : []), image);
  return `${image}.${format}`;
}

export function writeAt(path: string, offset: number, bytes: Buffer): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

/** Bytes of a file or a device, past what the page cache may still hold of the device. */
export function readAt(path: string, offset: number, length: number): Buffer {
  if (path.startsWith("/dev/")) run("blockdev", "--flushbufs", path);
  const file = openSync(path, "r");
  const bytes = Buffer.alloc(length);
  const count = readSync(file, bytes, 0, length, offset);
  closeSync(file);
  return bytes.subarray(0, count);
}

function sfdiskScript(): string {
  const sectors = ({ offset, sizeBytes }: typeof ROOT) => `start=${offset / 512},size=${sizeBytes / 512}`;
  return ["label: dos", `${sectors(FIRMWARE)},type=b`, `${sectors(ROOT)},type=83,bootable`].join("\n");
}
