/** What a layout may say is what the target's own tools do: a refusal of theirs comes when the disk is erased already. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { layout } from "#contract/layout.ts";

const folder = mkdtempSync(join(tmpdir(), "floppy-layout-"));
afterAll(() => rmSync(folder, { recursive: true }));

const LINUX = "0fc63daf-8483-4772-8e79-3d69d8477de4";
const root = {
  label: "root",
  type: LINUX,
  sizeMiB: null as number | null,
  fileSystem: { type: "btrfs", label: "root" } as object,
  mounts: [{ mountPoint: "/", options: [] as string[] }],
};
const isLayout = (...partitions: object[]) => layout.safeParse({ table: "gpt", partitions }).success;

function succeeds(sizeMiB: number, command: string, ...parameters: string[]): boolean {
  const disk = join(folder, "disk");
  rmSync(disk, { force: true });
  writeFileSync(disk, "");
  truncateSync(disk, sizeMiB * 1024 ** 2);
  return spawnSync(command, [...parameters, disk]).status === 0;
}

const vfat = (fatBits: 16 | 32, label = "A") => ({ type: "vfat", fatBits, label });
const makeFat = (bits: number, sizeMiB: number, label = "A") =>
  succeeds(sizeMiB, "mkfs.vfat", "-F", `${bits}`, "-n", label);

test.each(["FLOPPY-ESP", "A_B", "@A", "esp", "A.B", "A:B", "A=B", "A/B", "A*B", "TWELVE-CHARS"])(
  "a FAT may be called %j where mkfs.vfat takes it",
  (label) => expect(isLayout({ ...root, fileSystem: vfat(32, label) })).toBe(makeFat(32, 64, label)),
);

test.each([1, 8, 16, 512, 4095, 4096, 8192])(
  "a FAT16 may have %d MiB where mkfs.vfat makes one",
  (sizeMiB) => {
    expect(isLayout({ ...root, sizeMiB, fileSystem: vfat(16) })).toBe(makeFat(16, sizeMiB));
  },
);

test.each([64, 108, 109, 4096])("a Btrfs may have %d MiB where mkfs.btrfs makes one", (sizeMiB) => {
  const made = succeeds(sizeMiB, "mkfs.btrfs", "--quiet", "--force");
  expect(isLayout({ ...root, sizeMiB })).toBe(made);
});

test("the rest of a disk, of whatever size, is nothing for a FAT16", () => {
  expect(isLayout({ ...root, fileSystem: vfat(16) })).toBe(false);
  expect(isLayout({ ...root, fileSystem: vfat(32) })).toBe(true);
});

test.each(["floppy-root", "@home", "a.b", "a=b", "a:b", "x".repeat(36), "x".repeat(37)])(
  "a partition may be called %j where sgdisk calls it so",
  (label) => {
    succeeds(8, "sgdisk", "--new=1:0:0", `--typecode=1:${LINUX}`, `--change-name=1:${label}`);
    const { stdout } = spawnSync("sgdisk", ["--info=1", join(folder, "disk")], { encoding: "utf8" });
    expect(isLayout({ ...root, label })).toBe(stdout.includes(`Partition name: '${label}'`));
  },
);

test.each([
  ["/", true],
  ["/var/log", true],
  ["/.snapshots", true],
  ["/a..b", true],
  ["/..", false],
  ["/../etc", false],
  ["/home/../../etc", false],
  ["/./home", false],
  ["//home", false],
  ["/home/", false],
])("something may be mounted at %j: %s", (mountPoint, may) => {
  expect(isLayout({ ...root, mounts: [{ mountPoint, options: [] }] })).toBe(may);
});

test("two partitions of one name are none that a system finds", () => {
  expect(isLayout({ ...root, sizeMiB: 512 }, root)).toBe(false);
  expect(isLayout({ ...root, sizeMiB: 512 }, { ...root, label: "data" })).toBe(true);
});
