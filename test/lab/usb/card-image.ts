/** A small image of a card that takes an identity: quick to write, and as different from noise as any. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { makeFat, writeAt } from "../../integration/writer/images.ts";
import type { Random } from "../../support/random.ts";

const MIB = 1024 ** 2;
const FIRMWARE = { offset: 2 * MIB, sizeBytes: 5 * MIB };
const ROOT = { offset: 7 * MIB, sizeBytes: 5 * MIB };
export const IMAGE_BYTES = 12 * MIB;

/** Noise but for its table and its FAT partition, so that a card which holds anything else has to be written. */
export async function makeCardImage(folder: string, random: Random): Promise<string> {
  const image = join(folder, "card.img");
  await writeFile(image, random.fill(Buffer.alloc(IMAGE_BYTES)));
  writeAt(image, 0, Buffer.alloc(MIB));
  const sectors = ({ offset, sizeBytes }: typeof ROOT) => `start=${offset / 512},size=${sizeBytes / 512}`;
  const table = ["label: dos", `${sectors(FIRMWARE)},type=b,bootable`, `${sectors(ROOT)},type=83`].join("\n");
  await execa("sfdisk", ["--quiet", image], { input: table });
  const firmware = makeFat(join(folder, "firmware.img"), 12, FIRMWARE.sizeBytes);
  const kernel = join(folder, "kernel");
  await writeFile(kernel, random.fill(Buffer.alloc(4 * MIB)));
  await execa("mcopy", ["-i", firmware, kernel, "::"]);
  writeAt(image, FIRMWARE.offset, await readFile(firmware));
  return image;
}
