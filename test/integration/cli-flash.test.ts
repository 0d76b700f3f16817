import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { createSettingsStore } from "#adapters/settings-store.ts";
import type { Drive } from "#contract/drives.ts";
import { erasureWord } from "#contract/erasure-word.ts";
import { mediumIdentity } from "#contract/identity.ts";
import { defaultSettings } from "#contract/settings.ts";
import { fixtureFlake, type NixEnvironment, nixEnvironment } from "../support/nix.ts";
import { createBench, objects } from "./cli-process.ts";

const MIB = 1024 ** 2;
const MEMTEST = "/usr/lib/memtest86+/memtest86+x64.iso";
const serial = "FLOPPY-RPI-00001";

let bench: ReturnType<typeof createBench>;
let nix: NixEnvironment | null = null;
const drives: Drive[] = [];

async function createDrive(sizeBytes: number): Promise<Drive> {
  const drive = await createPracticeDrives({ folder: bench.practiceFolder }).create(sizeBytes);
  drives.push(drive);
  return drive;
}

async function benchWithFlake(): Promise<void> {
  bench.remove();
  nix = await nixEnvironment();
  bench = createBench(nix.env);
  mkdirSync(bench.dataFolder);
  const store = createSettingsStore({ file: join(bench.dataFolder, "settings.json") });
  await store.save({ ...defaultSettings, flake: fixtureFlake });
}

beforeEach(() => {
  bench = createBench();
});

afterEach(async () => {
  const practice = createPracticeDrives({ folder: bench.practiceFolder });
  for (const { key } of drives.splice(0)) await practice.remove(key);
  bench.remove();
  await nix?.remove();
  nix = null;
});

function firstBytes(path: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const file = openSync(path, "r");
  readSync(file, bytes);
  closeSync(file);
  return bytes;
}

/** A card's image with a FAT partition, as `raspberry` boots from. */
function cardImage(): string {
  const path = join(bench.folder, "card.img");
  writeFileSync(path, "");
  truncateSync(path, 40 * MIB);
  execFileSync("sfdisk", ["--quiet", path], { input: "2048,65536,c\n" });
  execFileSync("mformat", ["-i", `${path}@@1M`, "-T", "65536", "-v", "FIRMWARE", "::"], { stdio: "ignore" });
  return path;
}

/** An image large enough to be stopped while it is written; its first MiB is not empty. */
function largeImage(): string {
  const path = join(bench.folder, "large.img");
  const head = Buffer.alloc(MIB, "boot");
  // The signature of a boot sector.
  head.writeUInt16LE(0xaa55, 510);
  writeFileSync(path, head);
  truncateSync(path, 600 * MIB);
  return path;
}

function readIdentity(drive: Drive) {
  const text = execFileSync("mtype", ["-i", `${drive.identity.path}@@1M`, "::/floppy/identity.json"]);
  return mediumIdentity.parse(JSON.parse(text.toString()));
}

function practiceLeft(): string[] {
  return readdirSync(bench.dataFolder).filter((name) => name.startsWith("demonstration"));
}

describe("floppy provision flash", () => {
  it("writes a real bootable image so that the bytes are the same", async () => {
    const drive = await createDrive(32 * MIB);
    const args = ["provision", "flash", "--image", MEMTEST, "--drive", drive.identity.path, "--yes"];
    const { code, stdout, stderr } = await bench.run(...args);
    expect(stderr).toMatch(/Verifying: 100 %/);
    expect(stdout).toMatch(/written and verified\.\n$/);
    expect(code).toBe(0);
    const image = readFileSync(MEMTEST);
    expect(firstBytes(drive.identity.path, image.length).equals(image)).toBe(true);
    expect(
      JSON.parse(JSON.stringify(objects((await bench.run("devices", "list", "--json")).stdout))),
    ).toEqual([{ event: "result", devices: [] }]);
  });

  it("makes no card of a text before somebody says so", async () => {
    const drive = await createDrive(16 * MIB);
    const path = join(bench.folder, "letter.txt");
    writeFileSync(path, "Dear diary,\n".repeat(1000));
    const args = ["provision", "flash", "--image", path, "--drive", drive.identity.path, "--yes"];
    const refused = await bench.run(...args);
    expect(refused.stderr).toContain("neither a partition table nor a file system");
    expect(refused.code).toBe(6);
    expect(firstBytes(drive.identity.path, MIB).every((byte) => byte === 0)).toBe(true);
    expect((await bench.run(...args, "--anyway")).code).toBe(0);
    expect(firstBytes(drive.identity.path, 11).toString()).toBe("Dear diary,");
  });

  it("refuses an image that is larger than the drive, and leaves the drive as it was", async () => {
    const drive = await createDrive(16 * MIB);
    const args = ["provision", "flash", "--image", largeImage(), "--drive", drive.identity.path, "--yes"];
    const { code, stdout } = await bench.run(...args, "--json");
    expect(objects(stdout).at(-1)).toMatchObject({ event: "error", code: "IMAGE_TOO_LARGE" });
    expect(code).toBe(6);
    expect(firstBytes(drive.identity.path, MIB).every((byte) => byte === 0)).toBe(true);
  });

  it("on Ctrl-C stops, says so, and leaves a medium that does not boot", async () => {
    const drive = await createDrive(640 * MIB);
    const args = ["provision", "flash", "--image", largeImage(), "--drive", drive.identity.path, "--yes"];
    const running = bench.start(...args);
    await running.said(/Writing/);
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toContain("was cancelled");
    expect(stdout).toBe("");
    expect(code).toBe(3);
    expect(firstBytes(drive.identity.path, MIB).every((byte) => byte === 0)).toBe(true);
  });
});

/** Its output may stay open longer: the writer has inherited some of it. */
async function exitCodeOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, "exit");
  return code;
}

/** The one process that this one started. */
function childOf(pid: number | undefined): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return Number(child);
}

describe("a second Ctrl-C", () => {
  it("leaves at once, even if the writer does not answer, which then ends by itself", async () => {
    const drive = await createDrive(640 * MIB);
    const args = ["provision", "flash", "--image", largeImage(), "--drive", drive.identity.path, "--yes"];
    const running = bench.start(...args);
    await running.said(/Writing/);
    const writer = childOf(running.child.pid);
    process.kill(writer, "SIGSTOP");
    running.child.kill("SIGINT");
    await running.said(/Once more to leave at once/);
    running.child.kill("SIGINT");
    expect(await exitCodeOf(running.child)).toBe(130);
    process.kill(writer, "SIGCONT");
    await vi.waitFor(() => expect(existsSync(`/proc/${writer}`)).toBe(false), 5_000);
    expect(firstBytes(drive.identity.path, MIB).every((byte) => byte === 0)).toBe(true);
  });
});

describe("floppy provision", () => {
  it("makes the device's own medium, at a terminal, after the drive and the word were typed", async () => {
    const drive = await createDrive(48 * MIB);
    const running = bench.atTerminal("provision", serial, "--role", "robot", "--image", cardImage());
    await running.said(/Which drive\?/);
    running.type("1\n");
    await running.said(/Type .* to go on/);
    running.type(`${erasureWord(drive, [drive]).word}\n`);
    const { code, stdout } = await running.ended;
    expect(stdout).toContain("█");
    expect(stdout).toMatch(/is now FLOPPY-RPI-00001, raspberry-robot: written and verified/);
    expect(code).toBe(0);
    expect(readIdentity(drive)).toMatchObject({ serial, host: "raspberry", role: "robot" });
    expect((await bench.run("devices", "show", serial)).stdout).toMatch(/Status +flashed/);
  });

  it("writes nothing when another word was typed", async () => {
    const drive = await createDrive(48 * MIB);
    const args = [
      "provision",
      serial,
      "--role",
      "robot",
      "--image",
      cardImage(),
      "--drive",
      drive.identity.path,
    ];
    const running = bench.atTerminal(...args);
    await running.said(/Type .* to go on/);
    running.type("yes\n");
    const { code, stdout } = await running.ended;
    expect(stdout).toContain("Nothing was written.");
    expect(code).toBe(3);
    expect(firstBytes(drive.identity.path, MIB).every((byte) => byte === 0)).toBe(true);
  });

  it("takes Ctrl-C at the question for no", async () => {
    const drive = await createDrive(48 * MIB);
    const args = [
      "provision",
      serial,
      "--role",
      "robot",
      "--image",
      cardImage(),
      "--drive",
      drive.identity.path,
    ];
    const running = bench.atTerminal(...args);
    await running.said(/Type .* to go on/);
    running.type("\u0003");
    expect((await running.ended).code).toBe(3);
  });
});

describe("with nix", () => {
  it("build-sd prints the path of the image that was built, and nothing else", async () => {
    await benchWithFlake();
    const { code, stdout, stderr } = await bench.run(
      "provision",
      "build-sd",
      "--target",
      "raspberry-mainframe",
    );
    expect(stderr).toMatch(/Building|Evaluating/);
    expect(code).toBe(0);
    expect(firstBytes(stdout.trim(), 512).subarray(510)).toEqual(Buffer.from([0x55, 0xaa]));
  });

  it("practice shows the whole job with an image that is built, and leaves neither drive nor device", async () => {
    await benchWithFlake();
    const { code, stdout } = await bench.run("practice", "--build", "--role", "mainframe", "--json");
    expect(objects(stdout).at(-1)).toMatchObject({
      event: "result",
      run: { status: { state: "done" }, image: { provenance: { source: "nix" } } },
      identity: { serial: "FLOPPY-RPI-00000", role: "mainframe" },
    });
    expect(code).toBe(0);
    expect(practiceLeft()).toEqual([]);
    expect(objects((await bench.run("devices", "list", "--json")).stdout)).toMatchObject([{ devices: [] }]);
  });
});

describe("floppy practice", () => {
  it("leaves nothing behind when the image cannot be used", async () => {
    const { code } = await bench.run("practice", "--image", "/usr/lib/ipxe/ipxe.iso");
    expect(code).toBe(6);
    expect(practiceLeft()).toEqual([]);
  });
});
