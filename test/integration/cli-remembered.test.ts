/** What Floppy found in an image is remembered as long as all that it depends on is the same, and no longer. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import type { Drive } from "#contract/drives.ts";
import { createBench, objects } from "./cli-process.ts";
import { writeAt } from "./writer/images.ts";

const MIB = 1024 ** 2;

let bench: ReturnType<typeof createBench>;
let drive: Drive;

beforeEach(async () => {
  bench = createBench();
  drive = await createPracticeDrives({ folder: bench.practiceFolder }).create(16 * MIB);
});
afterEach(async () => {
  await createPracticeDrives({ folder: bench.practiceFolder }).remove(drive.key);
  bench.remove();
});

/** An image with the signature of a boot sector, of a time that says nothing. */
function imageOf(filling: string, path: string): Buffer {
  const content = Buffer.alloc(4 * MIB, filling);
  content.writeUInt16LE(0xaa55, 510);
  writeFileSync(path, content);
  utimesSync(path, 1, 1);
  return content;
}

const flashed = (image: string) =>
  bench.run("provision", "flash", "--image", image, "--drive", drive.identity.path, "--yes");

const onDrive = () => readFileSync(drive.identity.path).subarray(0, 4 * MIB);

describe("an image that was flashed before", () => {
  it("is held to a .bmap that was put beside it since, and a wrong one costs no drive", async () => {
    const image = join(bench.folder, "card.img");
    const content = imageOf("one", image);
    expect((await flashed(image)).code).toBe(0);
    const other = join(bench.folder, "other.img");
    imageOf("two", other);
    execFileSync("bmaptool", ["create", other, "--output", join(bench.folder, "card.bmap")]);
    const { code, stderr } = await flashed(image);
    expect(stderr).toContain("card.bmap do not belong together");
    expect(code).toBe(6);
    expect(onDrive().equals(content)).toBe(true);
  });

  it("is read anew where its link leads to another file of the same size and time", async () => {
    const link = join(bench.folder, "result.img");
    const contents = ["one", "two"].map((name) => {
      const path = join(bench.folder, `${name}-robot.img`);
      return { path, content: imageOf(name, path) };
    });
    for (const { path, content } of contents) {
      rmSync(link, { force: true });
      symlinkSync(path, link);
      expect((await flashed(link)).code).toBe(0);
      expect(onDrive().equals(content)).toBe(true);
    }
  });

  it("is read anew where it was written to behind its date", async () => {
    const image = join(bench.folder, "card.img");
    imageOf("one", image);
    expect((await flashed(image)).code).toBe(0);
    const content = imageOf("two", image);
    expect((await flashed(image)).code).toBe(0);
    expect(onDrive().equals(content)).toBe(true);
  });
});

it("images publish lists what a link leads to now", async () => {
  const folder = join(bench.folder, "shared");
  mkdirSync(folder);
  const link = join(folder, "raspberry-robot.img");
  const published = async (name: string) => {
    const path = join(bench.folder, `${name}.img`);
    imageOf(name, path);
    symlinkSync(path, link);
    const args = ["images", "publish", folder, "--url", "https://bench.example/images/", "--json"];
    const { code, stdout, stderr } = await bench.run(...args);
    expect(code, stderr).toBe(0);
    expect(objects(stdout).at(-1)).toMatchObject({ event: "result" });
    unlinkSync(link);
    const manifest = JSON.parse(readFileSync(join(folder, "images.json"), "utf8"));
    const [hash] = execFileSync("sha256sum", [path], { encoding: "utf8" }).split(" ");
    expect(manifest.images[0].sha256).toBe(hash);
  };
  await published("one");
  await published("two");
});

it("an image whose bytes rotted since is believed once, and looked at anew the next time", async () => {
  const image = join(bench.folder, "card.img");
  imageOf("one", image);
  expect((await flashed(image)).code).toBe(0);
  // What a disk does by itself has no time: here the inventory is told that it saw the new file.
  const inventory = join(bench.dataFolder, "inventory.sqlite");
  const remembered = execFileSync("sqlite3", [inventory, "select inspection from inspections"]).toString();
  const sound = JSON.parse(remembered);
  writeAt(image, 3 * MIB, Buffer.from("rot"));
  expect((await flashed(image)).code).toBe(0);
  const now = JSON.parse(
    execFileSync("sqlite3", [inventory, "select inspection from inspections"]).toString(),
  );
  const wrong = JSON.stringify({ ...sound, basis: now.basis });
  execFileSync("sqlite3", [inventory, `update inspections set inspection = '${wrong}'`]);
  const first = await flashed(image);
  expect(first.stderr).toContain("changed after it was checked");
  expect(first.code).toBe(6);
  expect((await flashed(image)).code).toBe(0);
});
