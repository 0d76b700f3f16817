import { mkdir, mkdtemp, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFiles } from "#adapters/files.ts";

const files = createFiles();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-files-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function names(): Promise<string[]> {
  return (await files.list(folder)).entries.map(({ name }) => name);
}

describe("a folder", () => {
  it("shows folders first, then images with their sizes, each in the order a person counts", async () => {
    for (const name of ["robot-10.img", "robot-9.IMG.zst", "a.iso"])
      await writeFile(join(folder, name), "12345");
    for (const name of ["old 10", "Old 9"]) await mkdir(join(folder, name));
    expect((await files.list(folder)).entries).toEqual([
      { name: "Old 9", path: join(folder, "Old 9"), kind: "folder", sizeBytes: null },
      { name: "old 10", path: join(folder, "old 10"), kind: "folder", sizeBytes: null },
      { name: "a.iso", path: join(folder, "a.iso"), kind: "image", sizeBytes: 5 },
      { name: "robot-9.IMG.zst", path: join(folder, "robot-9.IMG.zst"), kind: "image", sizeBytes: 5 },
      { name: "robot-10.img", path: join(folder, "robot-10.img"), kind: "image", sizeBytes: 5 },
    ]);
  });

  it("shows every packing an image may come in, and nothing else", async () => {
    const images = ["a.img", "b.iso", "c.img.zst", "d.img.gz", "e.img.xz", "f.img.bz2", "g.zip"];
    for (const name of [...images, "letter.txt", "img", ".hidden.img"])
      await writeFile(join(folder, name), "");
    await mkdir(join(folder, ".cache"));
    expect(await names()).toEqual(images);
  });

  it("offers nothing by a name that is not UTF-8, by which it could not be opened", async () => {
    const latin = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
    await mkdir(latin("Späti"));
    await writeFile(latin("bücher.img"), "");
    await mkdir(join(folder, "Späti"));
    expect(await names()).toEqual(["Späti"]);
  });

  it("follows links, and leaves out those that lead nowhere", async () => {
    await mkdir(join(folder, "real"));
    await writeFile(join(folder, "real", "a.img"), "12345");
    await symlink(join(folder, "real"), join(folder, "to-folder"));
    await symlink(join(folder, "real", "a.img"), join(folder, "to-image.img"));
    await symlink(join(folder, "nowhere"), join(folder, "broken.img"));
    await symlink("/dev/zero", join(folder, "device.img"));
    expect(await names()).toEqual(["real", "to-folder", "to-image.img"]);
  });

  it("knows its parent, and the root has none", async () => {
    expect((await files.list(folder)).parent).toBe(tmpdir());
    expect((await files.list("/")).parent).toBeNull();
  });

  it("is the home folder when none is named", async () => {
    expect((await files.list(null)).path).toBe(homedir());
  });

  it.each([
    ["is not there", "nowhere"],
    ["is a file", "file.img"],
  ])("that %s is a clear error", async (_what, name) => {
    await writeFile(join(folder, "file.img"), "");
    await expect(files.list(join(folder, name))).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      message: expect.stringContaining(join(folder, name)),
    });
  });
});

describe("a file", () => {
  it("has its size and modification time", async () => {
    const path = join(folder, "large.img");
    await writeFile(path, "");
    await truncate(path, 5 * 1024 ** 3);
    const { mtimeMs } = await stat(path);
    expect(await files.stat(path)).toEqual({ fileBytes: 5 * 1024 ** 3, modifiedMs: mtimeMs });
  });

  it("is null where there is none: nothing, a folder, a device, a path through a file", async () => {
    await writeFile(join(folder, "file.img"), "");
    const paths = [join(folder, "nothing.img"), folder, "/dev/zero", join(folder, "file.img", "inside")];
    expect(await Promise.all(paths.map(files.stat))).toEqual([null, null, null, null]);
  });

  it("that cannot be looked up is a clear error", async () => {
    await symlink("loop.img", join(folder, "loop.img"));
    await expect(files.stat(join(folder, "loop.img"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });
});
