import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createDrives } from "#adapters/drives/drives.ts";
import type { DriveIdentity } from "#contract/drives.ts";
import { deviceIdentity } from "#core/drives/identity.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { systemUses } from "#core/drives/system.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { createBench, MIB, pull, run } from "./bench.ts";

const bench = createBench();
afterEach(bench.clear);

async function device(path: string) {
  const found = await readBlockDevices();
  const match = found.devices.find((candidate) => candidate.path === path);
  if (!match) throw new Error(`${path} was not found`);
  return match;
}

async function identity(path: string): Promise<DriveIdentity> {
  return deviceIdentity(await device(path));
}

async function refusal(path: string, expected?: DriveIdentity): Promise<unknown> {
  const found = await readBlockDevices();
  try {
    recheckDrive(expected ?? (await identity(path)), 1, found);
  } catch (thrown) {
    return thrown;
  }
  throw new Error(`${path} was let through`);
}

async function uses(path: string): Promise<string[]> {
  return systemUses(await readBlockDevices(), path.replace("/dev/", ""));
}

describe("this machine's own disk", () => {
  it("is never in the list, and refused when forced", async () => {
    const found = await readBlockDevices();
    const holders = found.devices.filter((each) => systemUses(found, each.name).includes("/"));
    expect(holders.length).toBeGreaterThan(0);
    const offered = await createDrives({ practiceFolder: bench.folder() }).list();
    for (const holder of holders) {
      expect(offered.map((drive) => drive.identity.path)).not.toContain(holder.path);
      expect(await refusal(holder.path)).toMatchObject({ code: "DRIVE_SYSTEM" });
    }
  });
});

describe("a partitioned drive", () => {
  it("shows its partitions, and what is mounted from them in the order to unmount", async () => {
    const disk = bench.drive(32 * MIB, { partitioned: true });
    expect(await device(`${disk}p2`)).toMatchObject({
      type: "part",
      parents: [disk.replace("/dev/", "")],
      startBytes: 9 * MIB,
      sizeBytes: 8 * MIB,
    });
    for (const partition of ["p1", "p2"]) run("mkfs.ext4", "-q", disk + partition);
    const root = join(bench.folder(), "my card");
    bench.mount(`${disk}p1`, root);
    bench.mount(`${disk}p2`, join(root, "boot"));
    expect(recheckDrive(await identity(disk), 32 * MIB, await readBlockDevices()).mounts).toMatchObject([
      { source: `${disk}p2`, target: join(root, "boot"), isOwn: true },
      { source: `${disk}p1`, target: root, isOwn: true },
    ]);
  });
});

describe("what the running system uses is refused:", () => {
  it("a file system mounted anywhere but where people mount sticks", async () => {
    const disk = bench.drive(32 * MIB, { partitioned: true });
    run("mkfs.ext4", "-q", `${disk}p1`);
    const target = bench.folder("/var/tmp");
    bench.mount(`${disk}p1`, target);
    expect(await refusal(disk)).toMatchObject({ code: "DRIVE_SYSTEM", details: { uses: [target] } });
  });

  it("the same through a file on it, and a file on that", async () => {
    const disk = bench.drive(64 * MIB);
    run("mkfs.ext4", "-q", disk);
    const outer = bench.folder();
    bench.mount(disk, outer);
    const inner = bench.attach(bench.file(join(outer, "inner.img"), 24 * MIB));
    run("mkfs.ext4", "-q", inner);
    const target = bench.folder("/var/tmp");
    bench.mount(inner, target);
    expect(await uses(disk)).toEqual([target]);
    expect(await refusal(disk)).toMatchObject({ code: "DRIVE_SYSTEM" });
  });

  it("layers of an overlay", async () => {
    const disk = bench.drive();
    run("mkfs.ext4", "-q", disk);
    const lower = bench.folder();
    bench.mount(disk, lower);
    const target = bench.folder("/var/tmp");
    const upper = bench.folder("/dev/shm");
    run("mkdir", join(upper, "up"), join(upper, "work"));
    const layers = `lowerdir=${lower},upperdir=${join(upper, "up")},workdir=${join(upper, "work")}`;
    bench.mount("overlay", target, "-t", "overlay", "-o", layers);
    expect(await uses(disk)).toEqual([target]);
  });

  it("each device of a Btrfs", async () => {
    const [one, other] = [bench.drive(128 * MIB), bench.drive(128 * MIB)];
    run("mkfs.btrfs", "-q", one, other);
    run("btrfs", "device", "scan", one, other);
    bench.later(() => run("btrfs", "device", "scan", "--forget"));
    const target = bench.folder("/var/tmp");
    bench.mount(one, target);
    expect(await uses(one)).toEqual([target]);
    expect(await uses(other)).toEqual([target]);
  });

  it("swap", async () => {
    const disk = bench.drive(32 * MIB, { partitioned: true });
    run("mkswap", `${disk}p2`);
    run("swapon", `${disk}p2`);
    bench.later(() => run("swapoff", `${disk}p2`));
    expect(await refusal(disk)).toMatchObject({ code: "DRIVE_SYSTEM", details: { uses: ["swap"] } });
  });
});

describe("what changed since the choice is refused:", () => {
  it("another drive under the same name", async () => {
    const disk = bench.drive();
    const chosen = await identity(disk);
    await pull(disk);
    const file = bench.file(join(bench.folder(), "practice-9.floppy-practice"), 32 * MIB);
    run("losetup", disk, file);
    expect(await refusal(disk, chosen)).toMatchObject({
      code: "DRIVE_REPLACED",
      details: { field: "diskSequence" },
    });
  });

  it("a drive that was pulled", async () => {
    const disk = bench.drive();
    const chosen = await identity(disk);
    await pull(disk);
    expect(await refusal(disk, chosen)).toMatchObject({ code: "DRIVE_GONE" });
  });

  it("a drive that is read-only", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 16 * MIB);
    expect(await refusal(bench.attach(file, "--read-only"))).toMatchObject({ code: "DRIVE_READ_ONLY" });
  });
});

describe("what was never Floppy's to write is refused:", () => {
  it("a loop device on somebody's file", async () => {
    const disk = bench.attach(bench.file(join(bench.folder(), "disk.img"), 16 * MIB));
    expect(await refusal(disk)).toMatchObject({ code: "DRIVE_UNSAFE" });
  });

  it.each([
    ["symbolic", ["--symbolic"]],
    ["hard", []],
  ])("a file by a %s link that is named like a practice drive", async (_, options) => {
    const folder = bench.folder();
    const precious = bench.file(join(folder, "precious"), 1 * MIB);
    const link = join(folder, "practice-1.floppy-practice");
    run("ln", ...options, precious, link);
    expect((await readBlockDevices([link])).files).toEqual([]);
  });
});

describe("an lsblk that fails or prints nothing", () => {
  const own = process.env.PATH;
  afterEach(() => {
    process.env.PATH = own;
  });

  /** Says nothing so many times, ending so, and then what the real one says. */
  function standIn(silent: number, code = 0): void {
    const folder = bench.folder();
    const calls = join(folder, "calls");
    const script = `#!/bin/sh\necho >> ${calls}\n[ "$(wc -l < ${calls})" -le ${silent} ] && exit ${code}\nPATH=${own} exec lsblk "$@"\n`;
    writeFileSync(join(folder, "lsblk"), script, { mode: 0o755 });
    process.env.PATH = `${folder}:${own}`;
  }

  it.each([0, 32])("because a disk came or went meanwhile is asked once more: exit code %i", async (code) => {
    const disk = bench.attach(bench.file(join(bench.folder(), "disk.img"), 16 * MIB));
    standIn(2, code);
    expect((await readBlockDevices()).devices.map(({ path }) => path)).toContain(disk);
  });

  it("again and again has no drives to list: nothing is offered, and nothing written", async () => {
    standIn(9);
    expect((await readBlockDevices()).devices).toEqual([]);
  });

  it("and fails each time is told of", async () => {
    standIn(9, 32);
    await expect(readBlockDevices()).rejects.toThrow();
  });
});
