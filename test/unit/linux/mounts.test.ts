import { expect, it } from "vitest";
import { parseMountinfo, parseSwaps } from "#linux/mounts.ts";

it("reads mountinfo, whatever number of optional fields a line has", () => {
  const content = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
    "60 27 8:17 /sub /media/ada/MY\\040CARD rw shared:30 master:2 - vfat /dev/sdb1 rw,umask=22",
    "61 27 0:40 / /merged rw - overlay overlay rw,lowerdir=/a:/b",
    "",
  ].join("\n");
  expect(parseMountinfo(content)).toEqual([
    { number: "254:0", target: "/", filesystem: "ext4", source: "/dev/vda", options: "rw,discard" },
    {
      number: "8:17",
      target: "/media/ada/MY CARD",
      filesystem: "vfat",
      source: "/dev/sdb1",
      options: "rw,umask=22",
    },
    {
      number: "0:40",
      target: "/merged",
      filesystem: "overlay",
      source: "overlay",
      options: "rw,lowerdir=/a:/b",
    },
  ]);
});

it("reads the paths of swaps", () => {
  const content = "Filename\t\tType\t\tSize\n/dev/sda2      partition\t1024\n/swap\\040file file\t2048\n";
  expect(parseSwaps(content)).toEqual(["/dev/sda2", "/swap file"]);
});
