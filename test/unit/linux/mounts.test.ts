import { expect, it } from "vitest";
import { parseMountinfo, parseSwaps } from "#linux/mounts.ts";

it("reads mountinfo, whatever number of optional fields a line has", () => {
  const content = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
    "60 27 8:17 /sub /media/ada/MY\\040CARD rw shared:30 master:2 - vfat /dev/sdb1 rw,umask=22",
    "61 27 0:40 / /merged rw - overlay overlay rw,lowerdir=/a:/b",
    "",
  ].join("\n");
  expect(parseMountinfo(content)).toMatchObject([
    { id: 27, parent: 1, number: "254:0", target: "/", filesystem: "ext4", source: "/dev/vda" },
    {
      id: 60,
      parent: 27,
      number: "8:17",
      root: "/sub",
      target: "/media/ada/MY CARD",
      options: "rw,umask=22",
    },
    { id: 61, filesystem: "overlay", source: "overlay", options: "rw,lowerdir=/a:/b" },
  ]);
});

it("keeps the bytes of a path that is not UTF-8, and reads one that is as text", () => {
  const line = (target: string) =>
    Buffer.from(`60 27 8:17 / ${target} rw - vfat /dev/sdb1 rw`).toString("latin1");
  const [utf8] = parseMountinfo(line("/mnt/Späti"));
  expect(utf8).toMatchObject({ target: "/mnt/Späti", targetBytes: "/mnt/Sp\xc3\xa4ti" });
  const [latin] = parseMountinfo("60 27 8:17 / /mnt/Sp\xe4ti rw - vfat /dev/sdb1 rw");
  expect(latin).toMatchObject({ target: "/mnt/Sp\ufffdti", targetBytes: "/mnt/Sp\xe4ti" });
});

it("reads the paths of swaps", () => {
  const content = "Filename\t\tType\t\tSize\n/dev/sda2      partition\t1024\n/swap\\040file file\t2048\n";
  expect(parseSwaps(content)).toEqual(["/dev/sda2", "/swap file"]);
});
