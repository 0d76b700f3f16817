import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openImageFile } from "../../../src-main/writer/image/image-file.ts";
import { unpack } from "../../../src-main/writer/image/unpack.ts";
import { inspect } from "../../../src-main/writer/inspect.ts";
import { MIB, randomImage } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom } from "../../support/random.ts";

const folder = mkdtempSync(join(tmpdir(), "floppy-zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = chooseSeed();
const random = createRandom(seed);
/** Ends with noise, so that most of its zip is what it holds. */
const image = Buffer.concat([randomImage(random, 2 * MIB), random.fill(Buffer.alloc(MIB))]);
let made = 0;

/** A zip of files that are called so, made by the usual tool. */
function zip(files: Record<string, Buffer | string>, ...options: string[]): string {
  made += 1;
  const content = join(folder, `content-${made}`);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(content, name, ".."), { recursive: true });
    writeFileSync(join(content, name), bytes);
  }
  const path = join(folder, `${made}.zip`);
  execFileSync("zip", ["-q", "-r", ...options, path, "."], { cwd: content });
  return path;
}

async function unpacked(path: string, from = 0): Promise<Buffer> {
  const file = await openImageFile(path);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of unpack(file, { from })) chunks.push(Buffer.from(chunk));
  } finally {
    await file.handle.close();
  }
  return Buffer.concat(chunks);
}

const inspecting = (path: string) => inspect(path, () => undefined);

describe(`a .zip, with seed ${seed}`, () => {
  it.each([
    ["deflated", {}, []],
    ["stored", {}, ["-0"]],
    ["with texts beside it, in a folder", { "read me.txt": "read me", "more/notes.md": "notes" }, []],
    ["in the format for large files", {}, ["-fz"]],
    ["with a comment behind it", {}, ["-z"]],
  ])("gives its image, known by what it is: %s", async (_, others, options) => {
    const path = zip({ "folder/card.img": image, ...others }, ...options);
    const inspection = await inspecting(path);
    expect(inspection).toMatchObject({ format: "zip", sizeBytes: image.length });
    expect(inspection.sha256).toBe(createHash("sha256").update(readFileSync(path)).digest("hex"));
    expect((await unpacked(path)).equals(image)).toBe(true);
    expect((await unpacked(path, 1000)).equals(image.subarray(1000))).toBe(true);
  });

  it.each([
    ["macOS", { "__MACOSX/._card.img": "attributes", "__MACOSX/boot/._card.img": "", ".DS_Store": "" }],
    ["macOS, on a disk of others", { "._card.img": "attributes", "boot/._card.img": "attributes" }],
    ["Windows", { "Thumbs.db": "pictures", "boot/desktop.ini": "icons" }],
  ])("gives its image from among what the desktop of %s put beside it", async (_, others) => {
    for (const name of ["card.img", "boot/card.img", "card"])
      expect((await unpacked(zip({ [name]: image, ...others }))).equals(image)).toBe(true);
  });

  it("may be filled up with zeros, with a comment and without", async () => {
    for (const options of [[], ["-z"]]) {
      const path = zip({ "card.img": image }, ...options);
      const whole = readFileSync(path);
      for (const zeros of [1, 512, 65_600]) {
        writeFileSync(path, Buffer.concat([whole, Buffer.alloc(zeros)]));
        expect((await unpacked(path)).equals(image)).toBe(true);
      }
      writeFileSync(path, Buffer.concat([whole, Buffer.alloc(512), Buffer.from("else")]));
      await expect(inspecting(path)).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
  });

  it("gives its only file, whatever that is called", async () => {
    expect((await unpacked(zip({ card: image }))).equals(image)).toBe(true);
  });

  it.each([
    ["several images", () => zip({ "a.img": image, "b.iso": image })],
    ["no image", () => zip({ "a.txt": "a", "b.txt": "b" })],
    ["an image with a password", () => zip({ "a.img": image }, "-P", "secret")],
    ["an image that is packed by another method", () => zip({ "a.img": image }, "-Z", "bzip2")],
    [
      "a packed image",
      () => zip({ "a.img": execFileSync("zstd", ["-qc"], { input: image, maxBuffer: 8 * MIB }) }),
    ],
  ])("is refused with %s", async (_, make) => {
    await expect(inspecting(make())).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNKNOWN" });
  });

  it.each(["-0", "-6"])("is found damaged where its image is, packed by %s", async (level) => {
    const bytes = readFileSync(zip({ "a.img": image }, level));
    const path = join(folder, "damaged.zip");
    // In the noise: elsewhere a bit may mean nothing.
    for (const at of [Math.floor(bytes.length / 2), Math.floor(bytes.length * 0.9)]) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      writeFileSync(path, flipped);
      await expect(inspecting(path), `byte ${at}`).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
    for (const length of [10, 1000, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, length));
      await expect(inspecting(path), `${length} bytes`).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
    }
  });
});
