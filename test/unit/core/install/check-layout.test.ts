import { describe, expect, it } from "vitest";
import { mountProblems, partitionProblems } from "#core/install/check-layout.ts";
import { flakeLayout, samsung } from "./machine.ts";

const esp = {
  type: "part",
  size: 512 * 1024 ** 2,
  partlabel: "floppy-esp",
  parttype: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
  fstype: "vfat",
  label: "FLOPPY-ESP",
};
const root = {
  type: "part",
  size: 5e11,
  partlabel: "floppy-root",
  parttype: "0fc63daf-8483-4772-8e79-3d69d8477de4",
  fstype: "btrfs",
  label: "floppy-root",
};
const listed = (...children: object[]) => JSON.stringify({ blockdevices: [{ children }] });
const table = [
  "Number  Start (sector)    End (sector)  Size       Code  Name",
  "   1            2048         1050623   512.0 MiB   EF00  floppy-esp",
  "   2         1050624      1000215182   476.4 GiB   8300  floppy-root",
].join("\n");

describe("the partitions", () => {
  it("are right as the layout says", () => {
    expect(partitionProblems(flakeLayout, listed(esp, root), table)).toEqual([]);
  });

  it.each([
    ["one is missing", listed(esp), table, /1 partitions/],
    ["the table names another", listed(esp, root), table.replace("floppy-root", "Windows"), /table/],
    ["the ESP has another size", listed({ ...esp, size: 1 }, root), table, /1 bytes/],
    ["a type is another", listed({ ...esp, parttype: root.parttype }, root), table, /type/],
    ["a file system is another", listed(esp, { ...root, fstype: "ext4" }), table, /ext4/],
  ])("are wrong where %s", (_what, lsblk, sgdisk, problem) => {
    expect(partitionProblems(flakeLayout, lsblk, sgdisk).join()).toMatch(problem);
  });
});

const btrfs = (target: string, name: string, options = "rw,noatime,compress=zstd:3") => ({
  target,
  fstype: "btrfs",
  options: `${options},space_cache=v2,subvol=/${name}`,
});
const mounts = [
  btrfs("/mnt", "@"),
  { target: "/mnt/boot", fstype: "vfat", options: "rw,relatime,fmask=0077,dmask=0077" },
  btrfs("/mnt/home", "@home"),
  btrfs("/mnt/nix", "@nix"),
  btrfs("/mnt/.snapshots", "@snapshots"),
  btrfs("/mnt/var/log", "@log"),
];
const subvolumes = ["@", "@home", "@nix", "@log", "@snapshots"]
  .map((name, index) => `ID ${256 + index} gen 9 top level 5 path ${name}`)
  .join("\n");
const found = (filesystems: object[]) => JSON.stringify({ filesystems });
const without = (target: string) => mounts.filter((mount) => mount.target !== target);

describe("the mounts", () => {
  it("are right as the layout says, in the kernel's own words", () => {
    expect(mountProblems(flakeLayout, samsung, found(mounts), subvolumes)).toEqual([]);
  });

  it.each([
    ["one is missing", found(without("/mnt/home")), subvolumes, /\/mnt\/home is not mounted/],
    [
      "one is not compressed",
      found([...without("/mnt/nix"), btrfs("/mnt/nix", "@nix", "rw,noatime")]),
      subvolumes,
      /lacks compress=zstd/,
    ],
    [
      "one is another subvolume",
      found([...without("/mnt/home"), btrfs("/mnt/home", "@nix")]),
      subvolumes,
      /lacks subvol=@home/,
    ],
    ["a subvolume is not there", found(mounts), subvolumes.replace("@log", "log"), /no subvolume @log/],
  ])("are wrong where %s", (_what, findmnt, list, problem) => {
    expect(mountProblems(flakeLayout, samsung, findmnt, list).join()).toMatch(problem);
  });
});
