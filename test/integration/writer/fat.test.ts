import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openImageFile } from "../../../src-main/writer/image/image-file.ts";
import { planPersonalisation } from "../../../src-main/writer/personalise.ts";
import { anIdentity } from "../../support/nixos/identity-bench.ts";
import { createBench, MIB, run } from "../drives/bench.ts";
import { makeFat, writeAt } from "./images.ts";

const bench = createBench();
afterEach(bench.clear);

const files = [
  { path: "floppy/identity.json", content: `${JSON.stringify(anIdentity)}\n` },
  { path: "floppy/ssh_host_ed25519_key", content: "private\n" },
  { path: "floppy/ssh_host_ed25519_key.pub", content: "public\n" },
];

/** Puts files into a file system, as the writer does while it writes. */
async function personalise(volume: string, wanted = files): Promise<void> {
  const file = await openImageFile(volume);
  const firmware = { offset: 0, sizeBytes: file.fileBytes };
  const inspection = { ...file, sizeBytes: file.fileBytes, sha256: "", firmware };
  try {
    const { patches } = await planPersonalisation(file, inspection, { files: wanted, placement: "firmware" });
    for (const { offset, bytes } of patches) {
      writeAt(volume, offset, bytes);
    }
  } finally {
    await file.handle.close();
  }
}

/** fsck.fat has nothing to say but its name and the count of files. */
function expectClean(volume: string): void {
  expect(run("fsck.fat", "-n", volume).split("\n")).toHaveLength(2);
}

/** Byte for byte, as the file tables lie one after the other behind the reserved sectors. */
function tables(volume: string): Buffer[] {
  const content = readFileSync(volume);
  const sectorBytes = content.readUInt16LE(11);
  const start = content.readUInt16LE(14) * sectorBytes;
  const bytes = (content.readUInt16LE(22) || content.readUInt32LE(36)) * sectorBytes;
  return [0, 1].map((copy) => content.subarray(start + copy * bytes, start + (copy + 1) * bytes));
}

function read(volume: string, path: string): string {
  return `${run("mtype", "-i", volume, `::${path}`)}\n`;
}

describe.each([
  { bits: 12 as const, mebibytes: 2 },
  { bits: 16 as const, mebibytes: 30 },
  { bits: 32 as const, mebibytes: 64 },
  { bits: 32 as const, mebibytes: 600 },
])("a FAT$bits file system of $mebibytes MiB", ({ bits, mebibytes }) => {
  const make = () => makeFat(join(bench.folder(), "volume.img"), bits, mebibytes * MIB);

  it("holds the files, is clean for fsck, and its file tables are equal", async () => {
    const volume = make();
    await personalise(volume);
    expectClean(volume);
    const [first, second] = tables(volume);
    expect(second && first?.equals(second)).toBe(true);
    for (const { path, content } of files) expect(read(volume, path)).toBe(content);
    expect(run("mdir", "-b", "-i", volume, "::floppy").split("\n")).toHaveLength(3);
  });

  it("keeps what was there, files of the same name excepted", async () => {
    const volume = make();
    const own = join(bench.folder(), "own");
    writeFileSync(own, `${"own,".repeat(20_000)}\n`);
    run("mmd", "-i", volume, "::FLOPPY");
    run("mcopy", "-i", volume, own, "::floppy/a long name that stays.txt");
    run("mcopy", "-i", volume, own, "::floppy/identity.json");
    for (let number = 0; number < 30; number += 1) {
      run("mcopy", "-i", volume, "/etc/hostname", `::a rather long file name, number ${number}`);
    }
    await personalise(volume);
    await personalise(volume);
    expectClean(volume);
    for (const { path, content } of files) expect(read(volume, path)).toBe(content);
    expect(read(volume, "floppy/a long name that stays.txt") === readFileSync(own, "utf8")).toBe(true);
    expect(run("mdir", "-b", "-i", volume, "::").split("\n")).toHaveLength(31);
  });

  it("takes a file of many clusters", async () => {
    const volume = make();
    const content = `${"0123456789abcde\n".repeat(20_000)}`;
    await personalise(volume, [{ path: "floppy/large", content }]);
    expectClean(volume);
    expect(read(volume, "floppy/large") === content).toBe(true);
  });

  it("replaces a file that is where the folder has to be", async () => {
    const volume = make();
    run("mcopy", "-i", volume, "/etc/hostname", "::floppy");
    await personalise(volume);
    expectClean(volume);
    expect(read(volume, "floppy/identity.json")).toBe(files[0]?.content);
  });
});

describe("a directory that is full", () => {
  it("grows by a cluster on FAT32", async () => {
    const volume = makeFat(join(bench.folder(), "volume.img"), 32, 64 * MIB);
    const many = Array.from({ length: 60 }, (_, number) => ({
      path: `floppy/a name of three entries, ${number}`.replaceAll(/[ ,]/g, "_"),
      content: `${number}\n`,
    }));
    await personalise(volume, many);
    expectClean(volume);
    for (const { path, content } of many) expect(read(volume, path)).toBe(content);
  });

  it("is refused where it is the root of FAT12, whose room is fixed", async () => {
    const volume = makeFat(join(bench.folder(), "volume.img"), 12, 2 * MIB);
    const original = `${volume}.original`;
    const many = Array.from({ length: 400 }, (_, number) => ({ path: `file-number-${number}`, content: "" }));
    copyFileSync(volume, original);
    await expect(personalise(volume, many)).rejects.toMatchObject({
      code: "IMAGE_NOT_PERSONALISABLE",
      message: expect.stringContaining("root directory is full"),
    });
    expect(readFileSync(volume).equals(readFileSync(original))).toBe(true);
  });
});

describe("a damaged file system", () => {
  it("is refused: a chain that goes round", async () => {
    const volume = makeFat(join(bench.folder(), "volume.img"), 16, 30 * MIB);
    run("mmd", "-i", volume, "::floppy");
    const [table] = tables(volume);
    const start = readFileSync(volume).indexOf(table ?? "");
    writeAt(volume, start + 2 * 2, Buffer.from([2, 0]));
    await expect(personalise(volume)).rejects.toMatchObject({ code: "IMAGE_NOT_PERSONALISABLE" });
  });

  it("is refused: its end is cut off", async () => {
    const volume = makeFat(join(bench.folder(), "volume.img"), 16, 30 * MIB);
    truncateSync(volume, 50_000);
    await expect(personalise(volume)).rejects.toMatchObject({ code: "IMAGE_NOT_PERSONALISABLE" });
  });
});
