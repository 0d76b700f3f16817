/** Reads a written card with other tools than Floppy's own. */
import { open } from "node:fs/promises";
import { execa } from "execa";
import { HOST_KEY_PATH, HOST_KEY_PUBLIC_PATH, IDENTITY_PATH } from "#contract/identity.ts";
import type { Image, Inspection } from "#contract/images.ts";
import { openImageFile } from "../../src-main/writer/image/image-file.ts";
import { applyPatches } from "../../src-main/writer/image/patches.ts";
import { planPersonalisation } from "../../src-main/writer/personalise.ts";

const decoders = {
  raw: ["cat"],
  zst: ["zstd", "-dc"],
  gz: ["gzip", "-dc"],
  xz: ["xz", "-dc"],
  bz2: ["bzip2", "-dc"],
  zip: ["unzip", "-p"],
};

export async function decodeImage({ format, path }: Inspection): Promise<Buffer> {
  const [decoder = "cat", ...args] = decoders[format];
  const { stdout } = await execa(decoder, [...args, path], { encoding: "buffer", maxBuffer: 2 ** 30 });
  return Buffer.from(stdout);
}

/** The first bytes of a drive, past the page cache of whoever wrote it; or of a machine's raw image. */
export async function readCard(drive: string, bytes: number): Promise<Buffer> {
  const card = await open(drive);
  try {
    if ((await card.stat()).isBlockDevice()) await execa("blockdev", ["--flushbufs", drive]);
    return (await card.read(Buffer.alloc(bytes), 0, bytes, 0)).buffer;
  } finally {
    await card.close();
  }
}

/** A file of the card's FAT partition, read with mtools. */
export async function readCardFile(drive: string, image: Image, path: string): Promise<string> {
  const partition = `${drive}@@${image.firmware?.offset}`;
  const { stdout } = await execa("mtype", ["-i", partition, `::/${path}`], { stripFinalNewline: false });
  return stdout;
}

/** Whether the card is the image plus the patch that its own identity files make: "equal", or the first offset that is not. */
export async function compareCard(drive: string, image: Image): Promise<"equal" | number> {
  const paths = [IDENTITY_PATH, HOST_KEY_PATH, HOST_KEY_PUBLIC_PATH];
  const files = await Promise.all(
    paths.map(async (path) => ({ path, content: await readCardFile(drive, image, path) })),
  );
  const file = await openImageFile(image.path);
  const plan = planPersonalisation(file, image, { files, placement: "firmware" });
  const { patches } = await plan.finally(() => file.handle.close());
  const expected = await decodeImage(image);
  applyPatches(expected, 0, patches);
  const found = await readCard(drive, expected.length);
  return found.equals(expected) ? "equal" : found.findIndex((byte, offset) => byte !== expected[offset]);
}
