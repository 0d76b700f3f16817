import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { createSettingsStore } from "#adapters/settings-store.ts";
import type { Drive } from "#contract/drives.ts";
import { IDENTITY_PATH, mediumIdentity } from "#contract/identity.ts";
import { defaultSettings } from "#contract/settings.ts";
import { type FlakeBench, flakeBench } from "../../support/flake.ts";
import { createBench } from "../cli-process.ts";

const MIB = 1024 ** 2;
const FIRMWARE = 8 * MIB;

let flake: FlakeBench;
let floppy: ReturnType<typeof createBench>;
const drives: Drive[] = [];
const practice = () => createPracticeDrives({ folder: floppy.practiceFolder });

beforeAll(async () => {
  flake = await flakeBench();
  floppy = createBench(flake.nix.env);
  await mkdir(floppy.dataFolder);
});
afterAll(async () => {
  for (const { key } of drives) await practice().remove(key);
  floppy.remove();
  await flake.remove();
});

async function bytesAt(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    return (await handle.read(Buffer.alloc(length), 0, length, offset)).buffer;
  } finally {
    await handle.close();
  }
}

/** The type and first sector of a partition of the MBR. */
async function partition(image: string, number: number) {
  const entry = await bytesAt(image, 446 + (number - 1) * 16, 16);
  return { type: entry[4], offset: entry.readUInt32LE(8) * 512 };
}

test("nix build .#images.raspberry-robot makes a card's image, with a FAT16 named FIRMWARE at 8 MiB", async () => {
  const link = join(flake.nix.folder, "result");
  await flake.run(["build", "--out-link", link], "images.raspberry-robot");
  const folder = join(link, "sd-image");
  const files = (await readdir(folder)).toSorted();
  expect(files).toEqual(["floppy-raspberry-robot.img", "floppy-raspberry-robot.img.bmap"]);

  const image = join(folder, files[0] ?? "");
  expect(await partition(image, 1)).toEqual({ type: 0x0b, offset: FIRMWARE });
  expect((await partition(image, 2)).type).toBe(0x83);
  const boot = await bytesAt(image, FIRMWARE, 512);
  expect(boot.toString("latin1", 54, 59)).toBe("FAT16");
  expect(boot.toString("latin1", 43, 54).trim()).toBe("FIRMWARE");
  expect(boot.readUInt32LE(32) * 512).toBe(128 * MIB);
});

test("floppy provision builds it from the flake, writes it, and leaves the device's identity on it", async () => {
  const store = createSettingsStore({ file: join(floppy.dataFolder, "settings.json") });
  await store.save({ ...defaultSettings, flake: `path:${await flake.selfContained()}` });
  const drive = await practice().create(256 * MIB);
  drives.push(drive);

  const { path } = drive.identity;
  const args = ["provision", "FLOPPY-RPI-00001", "--role", "robot", "--drive", path, "--yes"];
  const { code, stderr } = await floppy.run(...args);
  expect(stderr).toMatch(/Verify: equal · /);
  expect(code).toBe(0);
  const { stdout } = await execa("mtype", ["-i", `${path}@@8M`, `::/${IDENTITY_PATH}`]);
  expect(mediumIdentity.parse(JSON.parse(stdout))).toMatchObject({
    serial: "FLOPPY-RPI-00001",
    host: "raspberry",
    role: "robot",
  });
});
