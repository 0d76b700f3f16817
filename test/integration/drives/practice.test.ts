import { chmodSync, existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createDrives } from "#adapters/drives/drives.ts";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { createBench, MIB, pull, run } from "./bench.ts";

const bench = createBench();
afterEach(bench.clear);

function workshop(folder = join(bench.folder(), "practice")) {
  const practice = createPracticeDrives({ folder });
  const drives = createDrives({ practiceFolder: folder });
  async function create(sizeBytes = 16 * MIB) {
    const drive = await practice.create(sizeBytes);
    const { path } = drive.identity;
    const file = join(folder, `practice-${drive.key.replace("practice:", "")}.floppy-practice`);
    return { ...drive, path, file };
  }
  return { folder, practice, drives, create };
}

/** Only these programs are found until the end of the test; lsblk always is. */
function withPrograms(programs: Record<string, string>): void {
  const folder = bench.folder();
  symlinkSync(run("which", "lsblk"), join(folder, "lsblk"));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
  const before = process.env.PATH;
  process.env.PATH = folder;
  bench.later(() => {
    process.env.PATH = before;
  });
}

describe("a practice drive", () => {
  it("is made, listed, may be written, and removed", async () => {
    const { folder, practice, drives, create } = workshop();
    const { path, file, ...made } = await create();
    expect(made).toMatchObject({
      key: "practice:1",
      name: "Practice drive 1",
      kind: "practice",
      transport: "loop",
      readOnly: false,
      writable: true,
      identity: { sizeBytes: 16 * MIB },
    });
    expect(await drives.list()).toEqual([made]);
    expect(recheckDrive(made.identity, 16 * MIB, await readBlockDevices())).toMatchObject({ path });
    await practice.remove(made.key);
    expect(await drives.list()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  it("takes the lowest number that is free", async () => {
    const { practice, drives, create } = workshop();
    for (const name of [1, 2, 3]) expect((await create()).name).toBe(`Practice drive ${name}`);
    await practice.remove("practice:2");
    expect((await create()).key).toBe("practice:2");
    expect((await drives.list()).map((drive) => drive.key)).toEqual([
      "practice:1",
      "practice:2",
      "practice:3",
    ]);
  });

  it("that a restart left unattached is still there, as a file, and can be written and removed", async () => {
    const { practice, drives, create } = workshop();
    const { key, path, file } = await create();
    await pull(path);
    const [left] = await drives.list();
    expect(left).toMatchObject({ key, transport: "file", writable: true, identity: { path: file } });
    if (!left) throw new Error("the drive is lost");
    expect(recheckDrive(left.identity, 1, await readBlockDevices([file]))).toMatchObject({
      path: file,
      kind: "file",
    });
    await practice.remove(key);
    expect(existsSync(file)).toBe(false);
  });

  it("is a plain file where no loop device can be had", async () => {
    const { drives, create } = workshop();
    withPrograms({});
    const { file, path, ...made } = await create();
    expect(made).toMatchObject({ transport: "file", identity: { path: file, sizeBytes: 16 * MIB } });
    expect(await drives.list()).toEqual([made]);
  });

  it("is attached and detached by UDisks where losetup may not", async () => {
    const losetup = run("which", "losetup");
    const { practice, drives } = workshop();
    withPrograms({
      losetup: "#!/bin/sh\nexit 1\n",
      udisksctl: `#!/bin/sh
case "$*" in
  "loop-setup --no-user-interaction --file "*) exec ${losetup} --find "$4" ;;
  "loop-delete --no-user-interaction --block-device "*) exec ${losetup} --detach "$4" ;;
esac
exit 1
`,
    });
    const made = await practice.create(16 * MIB);
    expect(made.transport).toBe("loop");
    await practice.remove(made.key);
    expect(await drives.list()).toEqual([]);
    const attached = async () => (await readBlockDevices()).devices.map((device) => device.path);
    await expect.poll(attached, { timeout: 30_000 }).not.toContain(made.identity.path);
  });
});

describe("nothing is removed", () => {
  it("that is not a practice drive of this folder", async () => {
    const { practice } = workshop();
    const elsewhere = await workshop().create();
    for (const key of ["practice:1", "practice:../1", "/dev/sda", elsewhere.path, elsewhere.file]) {
      await expect(practice.remove(key)).rejects.toMatchObject({ code: "DRIVE_UNSAFE" });
    }
    expect(existsSync(elsewhere.file)).toBe(true);
  });

  it("while it is mounted", async () => {
    const { practice, drives, create } = workshop();
    const { key, path, file } = await create();
    run("mkfs.ext4", "-q", path);
    bench.mount(path, bench.folder());
    await expect(practice.remove(key)).rejects.toMatchObject({ code: "DRIVE_BUSY" });
    expect(existsSync(file)).toBe(true);
    expect(await drives.list()).toMatchObject([{ key, transport: "loop" }]);
  });
});

describe("nothing is left behind", () => {
  it("where the disk is too full", async () => {
    const folder = bench.folder();
    bench.mount("tmpfs", folder, "-t", "tmpfs", "-o", "size=8m");
    await expect(workshop(folder).practice.create(16 * MIB)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("where the folder cannot be made", async () => {
    const file = bench.file(join(bench.folder(), "file"), 0);
    await expect(workshop(join(file, "practice")).practice.create(16 * MIB)).rejects.toMatchObject({
      code: "PRACTICE_UNAVAILABLE",
    });
  });
});
