import { describe, expect, it } from "vitest";
import { readDisks, stableName } from "#core/install/read-disks.ts";
import { archive, blockdevices, disks, laptop, links, lsblkOf, samsung, stick } from "./machine.ts";

const [first] = blockdevices;
const [esp] = laptop.children;
const withFirst = (change: object) => lsblkOf([{ ...first, ...change }]);

describe("the disks of a target", () => {
  it("are its disks, not what its live system is made of", () => {
    expect(disks.map(({ identity }) => identity.path)).toEqual(["/dev/nvme0n1", "/dev/sda", "/dev/sdb"]);
  });

  it("tell what is on them, in its order", () => {
    expect(samsung.volumes).toMatchObject([
      { label: "EFI System", filesystem: "vfat", offset: 2048 * 512 },
      { filesystem: "BitLocker" },
    ]);
    expect(archive.name).toBe("WDC WD10EZEX");
  });

  it("go by a name that stays with them, never by the kernel's", () => {
    expect(stableName(samsung)).toBe("/dev/disk/by-id/nvme-Samsung_PM9A1_S65ANX0T418712");
    expect(stableName(archive)).toBe("/dev/disk/by-id/ata-WDC_WD10EZEX_WX52D30C91LA");
  });

  it("go by their port where they have no name of their own", () => {
    const path = "/dev/disk/by-path\tvirtio-pci-0000:00:05.0\t../../nvme0n1";
    const [disk] = readDisks(lsblkOf([first]), path, 0);
    expect(disk && stableName(disk)).toBe("/dev/disk/by-path/virtio-pci-0000:00:05.0");
  });

  it.each([
    ["the run's stick", stick.refusal, /stick/],
    ["a read-only one", readDisks(withFirst({ ro: true }), links, 0)[0]?.refusal, /Read-only/],
    ["a small one", readDisks(withFirst({ size: 1e9 }), links, 4e9)[0]?.refusal, /Too small/],
    ["one without any name", readDisks(lsblkOf([first]), "", 0)[0]?.refusal, /no name/],
    [
      "one that the live system uses",
      readDisks(withFirst({ mountpoints: ["/iso"] }), links, 0)[0]?.refusal,
      /In use/,
    ],
    [
      "one whose encrypted volume is in use",
      readDisks(
        withFirst({
          children: [{ ...esp, children: [{ ...first, mountpoints: ["[SWAP]"] }] }],
        }),
        links,
        0,
      )[0]?.refusal,
      /In use/,
    ],
  ])("refuse %s", (_what, refusal, reason) => {
    expect(refusal).toMatch(reason);
  });

  it("may have something mounted that an earlier attempt left", () => {
    expect(readDisks(withFirst({ mountpoints: ["/mnt", "/mnt/home"] }), links, 0)[0]?.refusal).toBeNull();
  });

  it("show a hostile name as harmless text", () => {
    const [disk] = readDisks(
      withFirst({ model: "\u001b[2J$(reboot)\u202e\n`x`", serial: "x".repeat(500) }),
      links,
      0,
    );
    expect(disk?.name).toBe("[2J$(reboot) `x`");
    expect(disk?.identity.serial).toHaveLength(80);
  });

  it.each([
    ["a thousand disks", lsblkOf(Array.from({ length: 1000 }, () => first))],
    ["no list at all", "{}"],
    ["no JSON", "\u0000"],
  ])("are not believed with %s", (_what, lsblk) => {
    expect(() => readDisks(lsblk, links, 0)).toThrow();
  });

  it.each([
    ["a path that a shell would read", { path: "/dev/sda; reboot" }],
    ["no size that is a number", { size: "large" }],
    ["no type", { type: null }],
  ])("leave out one with %s, and none of the others", (_what, change) => {
    const lsblk = lsblkOf([{ ...first, ...change }, ...blockdevices.slice(1)]);
    expect(readDisks(lsblk, links, 0).map(({ identity }) => identity.path)).toEqual(["/dev/sda", "/dev/sdb"]);
  });

  it.each(["vg+data-root", "luks:key@host", "a\\x20b", "ü"])(
    "are told where a mapping is called %s",
    (name) => {
      const mapping = { ...first, path: `/dev/mapper/${name}`, type: "crypt", mountpoints: [null] };
      const [disk] = readDisks(withFirst({ children: [{ ...esp, children: [mapping] }] }), links, 0);
      expect(disk).toMatchObject({ identity: { path: "/dev/nvme0n1" }, refusal: null });
    },
  );

  it("refuse one on which something is that cannot be understood: it may be in use", () => {
    const [disk, ...others] = readDisks(
      lsblkOf([{ ...first, children: [{ ...esp, children: [{ path: 7 }] }] }, ...blockdevices.slice(1)]),
      links,
      0,
    );
    expect(disk?.refusal).toMatch(/could not be understood/);
    expect(others).toHaveLength(2);
  });

  it("are told beside any number of loop devices", () => {
    const loops = Array.from({ length: 90 }, (_, index) => ({
      ...first,
      path: `/dev/loop${index}`,
      type: "loop",
    }));
    expect(readDisks(lsblkOf([...loops, first]), links, 0)).toHaveLength(1);
  });

  it("ignore links whose names udev would not give", () => {
    const [disk] = readDisks(lsblkOf([first]), "/dev/disk/by-id\t$(reboot)\t../../nvme0n1", 0);
    expect(disk?.identity.byId).toBeNull();
  });
});
