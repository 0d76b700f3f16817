import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFiles } from "#adapters/files.ts";

const files = createFiles();
const never = new AbortController().signal;
const list = (path: string | null) => files.list(path, never);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-files-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function names(): Promise<string[]> {
  return (await list(folder)).entries.map(({ name }) => name);
}

describe("a folder", () => {
  it("shows folders first, then images with their sizes, each in the order a person counts", async () => {
    for (const name of ["robot-10.img", "robot-9.IMG.zst", "a.iso"])
      await writeFile(join(folder, name), "12345");
    for (const name of ["old 10", "Old 9"]) await mkdir(join(folder, name));
    expect((await list(folder)).entries).toEqual([
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

  it("shows the first thousand of very many, and says how many more there are", async () => {
    const count = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `${from + at}.img`);
    for (const name of count(0, 1003)) await writeFile(join(folder, name), "");
    const shown = await list(folder);
    expect(shown.entries.map(({ name }) => name)).toEqual(count(0, 1000));
    expect(shown.leftOut).toBe(3);
    await rm(join(folder, "0.img"));
    expect((await list(folder)).leftOut).toBe(2);
  });

  it("is left when nobody waits for it any more", async () => {
    for (const name of ["a.img", "b.img"]) await writeFile(join(folder, name), "");
    await expect(files.list(folder, AbortSignal.abort())).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("knows its parent, and the root has none", async () => {
    expect((await list(folder)).parent).toBe(tmpdir());
    expect((await list("/")).parent).toBeNull();
  });

  it("is the home folder when none is named", async () => {
    expect((await list(null)).path).toBe(homedir());
  });

  it.each([
    ["is not there", "nowhere"],
    ["is a file", "file.img"],
  ])("that %s is a clear error", async (_what, name) => {
    await writeFile(join(folder, "file.img"), "");
    await expect(list(join(folder, name))).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      message: expect.stringContaining(join(folder, name)),
    });
  });
});

describe("what an inspection of a file rests upon", () => {
  const image = () => join(folder, "card.img");
  const basis = async (path = image()) => (await files.basis(path)) ?? expect.fail("there is no file");

  beforeEach(() => writeFile(image(), "the bytes of a card"));

  it("is the same as long as nothing changed", async () => {
    expect(await basis()).toEqual(await basis());
  });

  it.each([
    ["other bytes of the same size and time", () => rewrite(image(), "other bytes of card")],
    ["another file of the same size and time in its place", exchange],
    ["a .bmap beside it", () => writeFile(join(folder, "card.bmap"), "")],
    ["a .bmap with all of its name", () => writeFile(`${image()}.bmap`, "")],
  ])("differs with %s", async (_what, change) => {
    await utimes(image(), 1, 1);
    const before = await basis();
    await change();
    expect((await basis()).files).not.toBe(before.files);
  });

  it("differs with another text in the .bmap, and without it", async () => {
    const map = join(folder, "card.bmap");
    await writeFile(map, "one");
    await utimes(map, 1, 1);
    const one = await basis();
    await rewrite(map, "two");
    const two = await basis();
    await rm(map);
    expect(new Set([one.files, two.files, (await basis()).files]).size).toBe(3);
  });

  it("is that of the file behind links, and of the .bmap beside either", async () => {
    const store = join(folder, "store");
    for (const name of ["one", "two"]) {
      await mkdir(join(store, name), { recursive: true });
      await writeFile(join(store, name, "robot.img"), name);
      await utimes(join(store, name, "robot.img"), 1, 1);
    }
    const link = join(folder, "result.img");
    await symlink(join(store, "one", "robot.img"), link);
    const one = await basis(link);
    await writeFile(join(store, "one", "robot.bmap"), "");
    const held = await basis(link);
    await rm(link);
    await symlink(join(store, "two", "robot.img"), link);
    expect(new Set([one.files, held.files, (await basis(link)).files]).size).toBe(3);
  });

  it("names the decoders, with the version of the system’s xz", async () => {
    const { decoders } = await basis();
    const version = execFileSync("xz", ["--robot", "--version"], { encoding: "utf8" });
    expect(decoders).toContain(/^XZ_VERSION=(\d+)$/m.exec(version)?.[1]);
  });

  it("is null where there is no file: nothing, a path through a file, a link that leads nowhere", async () => {
    await symlink("nowhere.img", join(folder, "broken.img"));
    const paths = [join(folder, "nothing.img"), join(image(), "inside"), join(folder, "broken.img")];
    expect(await Promise.all(paths.map(files.basis))).toEqual([null, null, null]);
  });

  it.each([
    ["a folder", () => folder],
    ["a device", () => "/dev/zero"],
    ["a named pipe", makePipe],
  ])("cannot be told of what is no file, and says what that is: %s", async (kind, make) => {
    await expect(files.basis(make())).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      message: expect.stringContaining(`is ${kind}, not an image file`),
    });
  });

  it("that cannot be looked up is a clear error", async () => {
    await symlink("loop.img", join(folder, "loop.img"));
    await expect(files.basis(join(folder, "loop.img"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  async function rewrite(path: string, text: string): Promise<void> {
    await writeFile(path, text);
    await utimes(path, 1, 1);
  }

  async function exchange(): Promise<void> {
    await rewrite(`${image()}.new`, "the bytes of a card");
    await rename(`${image()}.new`, image());
  }

  function makePipe(): string {
    execFileSync("mkfifo", [join(folder, "pipe.img")]);
    return join(folder, "pipe.img");
  }
});
