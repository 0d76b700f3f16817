import { describe, expect, it } from "vitest";
import type { BlockDevices } from "#core/drives/block-devices.ts";
import { offeredDrives } from "#core/drives/offer.ts";
import { disk, mmc, nvme, part, sata, storage, usb } from "./storage.ts";

/** The paths offered when drivelist knows every disk. */
function offered(found: BlockDevices): string[] {
  const listed = new Set(found.devices.map((device) => device.path));
  return offeredDrives(found, listed).map((drive) => drive.identity.path);
}

const stick = disk("sdz", usb, [part("sdz1", { fstype: "vfat" })]);

describe("offered drives never hold the running system:", () => {
  it("NVMe root leaves the stick, mounted by the desktop or not", () => {
    const tree = [disk("nvme0n1", nvme, [part("nvme0n1p1"), part("nvme0n1p2")]), stick];
    const mounts: [string, string][] = [
      ["nvme0n1p2", "/"],
      ["nvme0n1p1", "/boot"],
      ["sdz1", "/run/media/ada/CARD"],
    ];
    expect(offered(storage({ tree, mounts }))).toEqual(["/dev/sdz"]);
  });

  it("root on LVM in LUKS on a USB disk", () => {
    const root = { name: "dm-1", is: { type: "lvm", name: "/dev/mapper/vg-root" } };
    const crypt = { name: "dm-0", is: { type: "crypt" }, children: [root] };
    const tree = [disk("sda", usb, [part("sda1"), part("sda2", { fstype: "crypto_LUKS" }, [crypt])]), stick];
    expect(offered(storage({ tree, mounts: [["dm-1", "/"]] }))).toEqual(["/dev/sdz"]);
  });

  it("a logical volume over two sticks keeps both", () => {
    const root = { name: "dm-0", is: { type: "lvm" } };
    const tree = [disk("sda", usb, [root]), disk("sdb", usb, [root]), stick];
    expect(offered(storage({ tree, mounts: [["dm-0", "/home"]] }))).toEqual(["/dev/sdz"]);
  });

  it("eMMC root, with its boot partitions beside it", () => {
    const tree = [
      disk("mmcblk0", { ...mmc, rm: true }, [part("mmcblk0p2")]),
      disk("mmcblk0boot0", { ...mmc, ro: true }),
      disk("mmcblk0boot1", { ...mmc, ro: true }),
      disk("mmcblk0rpmb", mmc),
      disk("mmcblk1", { ...mmc, rm: true }),
    ];
    const sysfs = {
      mmcblk0: { card: { type: "MMC", name: "DG4032", serial: "0x1" } },
      mmcblk1: { card: { type: "SD", name: "SU32G", serial: "0x2" } },
    };
    expect(offered(storage({ tree, sysfs, mounts: [["mmcblk0p2", "/"]] }))).toEqual(["/dev/mmcblk1"]);
  });

  it("an SD card that the system runs from", () => {
    const tree = [disk("mmcblk0", mmc, [part("mmcblk0p1"), part("mmcblk0p2")])];
    const sysfs = { mmcblk0: { card: { type: "SD", name: "SU32G", serial: "0x2" } } };
    expect(offered(storage({ tree, sysfs, mounts: [["mmcblk0p2", "/"]] }))).toEqual([]);
  });

  it("a live system booted from a stick: overlay root, squashfs in a loop device on the medium", () => {
    const tree = [
      disk("sda", usb, [part("sda1", { fstype: "iso9660" })]),
      { name: "loop0", is: { type: "loop" } },
      stick,
    ];
    const sysfs = { loop0: { backingFile: "/media/live/nix-store.squashfs" } };
    const mounts: [string, string, string?, string?][] = [
      // The medium itself lies where people mount sticks: only what is stacked on it tells.
      ["sda1", "/media/live", "iso9660"],
      ["loop0", "/mnt/.ro-store", "squashfs"],
      ["overlay", "/nix/store", "overlay", "rw,lowerdir=/mnt/.ro-store,upperdir=/mnt/.rw-store/store"],
      // The initramfs mounts the root after what it then moves into it.
      ["tmpfs", "/", "tmpfs"],
    ];
    expect(offered(storage({ tree, sysfs, mounts }))).toEqual(["/dev/sdz"]);
  });

  it("a live system whose overlay names layers that only the initramfs saw", () => {
    const tree = [disk("sda", usb, [part("sda1")]), stick];
    const mounts: [string, string, string?, string?][] = [
      ["overlay", "/", "overlay", "rw,lowerdir=/sysroot/ro,upperdir=/sysroot/rw"],
      ["sda1", "/run/initramfs/live", "iso9660"],
    ];
    expect(offered(storage({ tree, mounts }))).toEqual(["/dev/sdz"]);
  });

  it("/home in a file on a USB disk", () => {
    const tree = [disk("sda", usb, [part("sda1")]), { name: "loop0", is: { type: "loop" } }, stick];
    const mounts: [string, string][] = [
      ["sda1", "/mnt/disk"],
      ["loop0", "/home"],
    ];
    const sysfs = { loop0: { backingFile: "/mnt/disk/home.img (deleted)" } };
    expect(offered(storage({ tree, mounts, sysfs }))).toEqual(["/dev/sdz"]);
  });

  it("a software array that is listed under each of its members", () => {
    const array = { name: "md0", is: { type: "raid1" } };
    const tree = [
      disk("sda", usb, [part("sda1", {}, [array])]),
      disk("sdb", usb, [part("sdb1", {}, [array])]),
      stick,
    ];
    expect(offered(storage({ tree, mounts: [["md0", "/srv"]] }))).toEqual(["/dev/sdz"]);
  });

  it("every member of a Btrfs, though mountinfo names only one", () => {
    const tree = [disk("sda", usb), disk("sdb", usb), stick];
    const machine = { tree, btrfs: [["sda", "sdb"]] };
    expect(offered(storage({ ...machine, mounts: [["sda", "/", "btrfs"]] }))).toEqual(["/dev/sdz"]);
    expect(offered(storage({ ...machine, mounts: [["/dev/root", "/", "btrfs"]] }))).toEqual(["/dev/sdz"]);
  });

  it("bcachefs over two disks, ZFS on any, a source that is a link", () => {
    const tree = [disk("sda", usb), disk("sdb", usb), disk("sdc", { ...usb, fstype: "zfs_member" }), stick];
    expect(offered(storage({ tree, mounts: [["/dev/sda:/dev/sdb", "/", "bcachefs"]] }))).toEqual([
      "/dev/sdc",
      "/dev/sdz",
    ]);
    expect(offered(storage({ tree, mounts: [["tank/root", "/", "zfs"]] }))).toEqual([
      "/dev/sda",
      "/dev/sdb",
      "/dev/sdz",
    ]);
    const aliases = { "/dev/disk/by-uuid/1": "/dev/sdb" };
    const linked = storage({ tree, aliases, mounts: [["/dev/disk/by-uuid/1", "/usr", "fuseblk"]] });
    expect(offered(linked)).toEqual(["/dev/sda", "/dev/sdc", "/dev/sdz"]);
  });

  it("a root that the kernel mounted under a name of its own", () => {
    const tree = [disk("sda", usb, [part("sda1")]), stick];
    expect(offered(storage({ tree, mounts: [["/dev/root", "/", "ext4", "rw", "sda1"]] }))).toEqual([
      "/dev/sdz",
    ]);
  });

  it("swap alone: a partition, or a file on a stick mounted by the desktop", () => {
    const tree = [disk("sda", usb, [part("sda1")]), disk("sdb", usb, [part("sdb1")]), stick];
    const mounts: [string, string][] = [["sdb1", "/media/ada/STICK"]];
    expect(offered(storage({ tree, mounts, swaps: ["/dev/sda1", "/media/ada/STICK/swap"] }))).toEqual([
      "/dev/sdz",
    ]);
  });

  it.each([
    "/",
    "/boot",
    "/boot/efi",
    "/nix",
    "/usr",
    "/home",
    "/var",
    "/tmp",
    "/srv/data",
    "/mnt-data",
    "/cdrom",
    "/iso",
  ])("a stick mounted at %s", (target) => {
    expect(offered(storage({ tree: [stick], mounts: [["sdz1", target]] }))).toEqual([]);
  });

  it.each(["/media/ada/CARD", "/run/media/ada/CARD", "/mnt", "/mnt/card", "/tmp/card"])(
    "but a stick mounted at %s is offered",
    (target) => {
      expect(offered(storage({ tree: [stick], mounts: [["sdz1", target]] }))).toEqual(["/dev/sdz"]);
    },
  );
});

describe("what is no drive at all is not offered:", () => {
  it.each([
    ["compressed RAM", disk("zram0", { subsystems: "block", rm: true, hotplug: true })],
    ["a RAM disk", disk("ram0", { subsystems: "block", rm: true })],
    ["a CD", { name: "sr0", is: { ...usb, type: "rom" } }],
    ["a floppy disk drive", disk("fd0", { rm: true, subsystems: "block:platform" })],
    ["a network block device", disk("nbd0", { rm: true })],
    ["a mapping without a disk below", { name: "dm-0", is: { type: "crypt", rm: true } }],
    ["an array without members", { name: "md127", is: { type: "raid1", rm: true } }],
    ["a partition", part("sda1", usb)],
    ["a loop device on somebody's file", { name: "loop0", is: { type: "loop", rm: true } }],
    ["an empty slot of a reader", disk("sda", { ...usb, size: 0 })],
    ["an internal disk", disk("sda", sata)],
    ["an internal disk that the firmware calls hot-pluggable", disk("sda", { ...sata, hotplug: true })],
    ["an eMMC", disk("mmcblk0", { ...mmc, rm: true })],
  ])("%s", (_, node) => {
    const machine = { tree: [node], sysfs: { mmcblk0: { card: { type: "MMC", name: null, serial: null } } } };
    expect(offered(storage(machine))).toEqual([]);
  });

  it("a disk that drivelist does not know", () => {
    expect(offeredDrives(storage({ tree: [stick] }), new Set(["/dev/sda"]))).toEqual([]);
  });

  it("a stick that udev has not finished with, whose serial may still come", () => {
    const settled = (value: boolean) =>
      offered(storage({ tree: [stick], sysfs: { sdz: { settled: value } } }));
    expect(settled(false)).toEqual([]);
    expect(settled(true)).toEqual(["/dev/sdz"]);
  });
});

describe("what can be taken out is offered, whatever its flags say:", () => {
  it.each([
    ["a card in a slot with rm=0 and hotplug=0", disk("mmcblk0", { ...mmc, hotplug: false })],
    ["a USB disk with rm=0 and hotplug=0", disk("sda", { ...usb, rm: false, hotplug: false })],
    [
      "a USB stick of which lsblk does not know the transport",
      disk("sda", { ...usb, tran: null, rm: false, hotplug: false }),
    ],
    ["a FireWire disk", disk("sda", { subsystems: "block:scsi:firewire:pci", hotplug: true })],
  ])("%s", (_, node) => {
    const machine = { tree: [node], sysfs: { mmcblk0: { card: { type: "SD", name: null, serial: null } } } };
    expect(offered(storage(machine))).toEqual([`/dev/${node.name}`]);
  });
});

describe("any tree of devices with / on any leaf", () => {
  /** A small repeatable generator (mulberry32), so that a failing tree can be made again. */
  function generator(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
  }

  type Grown = { name: string; is: Record<string, unknown>; children: Grown[] };

  /** Three to five sticks, then partitions, mappings, arrays and loop devices on whatever is there. */
  function grow(random: (below: number) => number) {
    const disks = Array.from({ length: 3 + random(3) }, (_, index): Grown => {
      return { name: `sd${"abcde"[index]}`, is: { type: "disk", ...usb }, children: [] };
    });
    const all = [...disks];
    const roots = [...disks];
    const sysfs: Record<string, { backingFile: string }> = {};
    const mounts: [string, string][] = [];
    const below = new Map<string, Grown[]>(disks.map((each) => [each.name, [each]]));
    for (let count = 0; count < 12; count++) {
      const type = ["part", "crypt", "lvm", "raid1", "loop"][random(5)] ?? "part";
      const node: Grown = { name: `x${count}`, is: { type }, children: [] };
      const parents = Array.from(
        { length: type === "raid1" ? 2 : 1 },
        () => all[random(all.length)] as Grown,
      );
      if (type === "loop") {
        roots.push(node);
        mounts.push([(parents[0] as Grown).name, `/mnt/${count}`]);
        sysfs[node.name] = { backingFile: `/mnt/${count}/file` };
      } else {
        for (const parent of new Set(parents)) parent.children.push(node);
      }
      below.set(node.name, [...new Set(parents.flatMap((parent) => below.get(parent.name) ?? []))]);
      all.push(node);
    }
    const leaf = all[random(all.length)] as Grown;
    const holders = new Set((below.get(leaf.name) ?? []).map((each) => `/dev/${each.name}`));
    const found = storage({ tree: roots, sysfs, mounts: [[leaf.name, "/"], ...mounts] });
    return { found, holders, disks: disks.map((each) => `/dev/${each.name}`) };
  }

  it.each(Array.from({ length: 200 }, (_, seed) => seed))(
    "offers every disk but those below it (seed %i)",
    (seed) => {
      const { found, holders, disks } = grow(generator(seed));
      expect(holders.size).toBeGreaterThan(0);
      expect(offered(found)).toEqual(disks.filter((path) => !holders.has(path)));
    },
  );
});

it("all that is fit is offered where drivelist lists nothing at all, and nothing else", () => {
  const found = storage({ tree: [disk("sda", sata, [part("sda1")]), stick], mounts: [["sda1", "/"]] });
  expect(offeredDrives(found, new Set()).map(({ identity }) => identity.path)).toEqual(["/dev/sdz"]);
});
