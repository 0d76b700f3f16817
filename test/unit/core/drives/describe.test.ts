import { describe, expect, it } from "vitest";
import { offeredDrives } from "#core/drives/offer.ts";
import { disk, GB, mmc, type Node, part, storage, usb } from "./storage.ts";

type Machine = Parameters<typeof storage>[0];

function drives(machine: Machine) {
  const found = storage(machine);
  return offeredDrives(found, new Set(found.devices.map((device) => device.path)));
}

function onlyDrive(machine: Machine) {
  const [drive, ...others] = drives(machine);
  if (!drive || others.length > 0) throw new Error("expected one drive");
  return drive;
}

const sandisk = { ...usb, vendor: "SanDisk ", model: "Ultra", serial: "4C530001", wwn: null };

describe("a stick", () => {
  const stick = disk("sda", sandisk, [
    part("sda2", { size: 20 * GB, fstype: "crypto_LUKS", partlabel: "secret" }, [
      {
        name: "dm-0",
        is: { type: "crypt" },
        children: [{ name: "dm-1", is: { type: "lvm", label: "deep" } }],
      },
    ]),
    part("sda1", { size: 1 * GB, fstype: "vfat", label: "FIRMWARE" }),
  ]);
  const drive = onlyDrive({
    tree: [stick],
    mounts: [
      ["dm-1", "/mnt/one"],
      ["dm-1", "/mnt/two"],
    ],
    sysfs: { sda: { diskSequence: 12 }, sda1: { startSectors: 2048 }, sda2: { startSectors: 4096 } },
    byId: { sda: ["wwn-0x5000", "usb-SanDisk_Ultra_4C530001-0:0"] },
    byPath: { sda: ["pci-0000:00:14.0-usb-0:2:1.0-scsi-0:0:0:0"] },
  });

  it("has an identity, a name, a bus and a port", () => {
    expect(drive).toMatchObject({
      name: "SanDisk Ultra",
      kind: "removable",
      transport: "usb",
      port: "pci-0000:00:14.0-usb-0:2:1.0-scsi-0:0:0:0",
      identity: {
        path: "/dev/sda",
        byId: "usb-SanDisk_Ultra_4C530001-0:0",
        serial: "4C530001",
        wwn: null,
        model: "Ultra",
        sizeBytes: 32 * GB,
        diskSequence: 12,
      },
    });
  });

  it("shows its volumes in their order on the disk, with what is mounted from deep inside them", () => {
    expect(drive.volumes).toEqual([
      {
        path: "/dev/sda1",
        label: "FIRMWARE",
        filesystem: "vfat",
        offset: 1_048_576,
        sizeBytes: GB,
        mountpoints: [],
      },
      {
        path: "/dev/sda2",
        label: "secret",
        filesystem: "crypto_LUKS",
        offset: 2_097_152,
        sizeBytes: 20 * GB,
        mountpoints: ["/mnt/one", "/mnt/two"],
      },
    ]);
  });

  it("without partitions shows the file system that fills it", () => {
    const { volumes } = onlyDrive({ tree: [disk("sda", { ...sandisk, fstype: "ext4", label: "ALL" })] });
    expect(volumes).toMatchObject([{ path: "/dev/sda", label: "ALL", offset: 0, sizeBytes: 32 * GB }]);
  });

  it("that is blank shows none", () => {
    expect(onlyDrive({ tree: [disk("sda", sandisk)] }).volumes).toEqual([]);
  });
});

describe("the key of a drive", () => {
  const key = (machine: Machine) => onlyDrive(machine).key;
  const sequence = (diskSequence: number | null) => ({ sda: { diskSequence } });
  const tree = [disk("sda", sandisk, [part("sda1")])];

  it("does not know what is mounted, labelled or partitioned", () => {
    const before = key({ tree, sysfs: sequence(7) });
    const after = [disk("sda", sandisk, [part("sda1", { label: "NEW" }), part("sda2")])];
    expect(key({ tree: after, sysfs: sequence(7), mounts: [["sda1", "/media/a"]] })).toBe(before);
  });

  it("stays when udev gives its link to a twin that was plugged in", () => {
    const byId = { sda: ["usb-SanDisk_Ultra_4C530001-0:0"] };
    expect(key({ tree, sysfs: sequence(7) })).toBe(key({ tree, sysfs: sequence(7), byId }));
  });

  it("changes when the drive is plugged in again", () => {
    expect(key({ tree, sysfs: sequence(8) })).not.toBe(key({ tree, sysfs: sequence(7) }));
  });

  it.each([
    ["counted by the kernel", null, { sda: { diskSequence: 7 }, sdb: { diskSequence: 8 } }],
    ["on a kernel that does not count", null, {}],
    ["with a serial number that its maker gave to all", "0000", {}],
  ])("parts two like sticks, %s", (_, serial, sysfs) => {
    const like = { ...usb, model: "Flash Disk", serial };
    const keys = drives({ tree: [disk("sda", like), disk("sdb", like)], sysfs }).map((drive) => drive.key);
    expect(new Set(keys).size).toBe(2);
  });
});

describe("the name of a drive", () => {
  it.each([
    [{ vendor: "SanDisk", model: "SanDisk_Ultra" }, "SanDisk Ultra"],
    [{ vendor: "Generic-", model: "USB3.0_CRW   -SD" }, "USB3.0 CRW -SD"],
    [{ vendor: "0x1af4", model: null }, "USB drive"],
    [{ vendor: "Kingston", model: null }, "Kingston"],
  ])("%j is read as %s", (is, name) => {
    expect(onlyDrive({ tree: [disk("sda", { ...usb, ...is })] }).name).toBe(name);
  });

  it("of a card comes from the card", () => {
    const drive = onlyDrive({
      tree: [disk("mmcblk0", mmc)],
      sysfs: { mmcblk0: { card: { type: "SD", name: "SU32G", serial: "0x5f2e" } } },
    });
    expect(drive).toMatchObject({ name: "SD card SU32G", transport: "mmc", identity: { serial: "0x5f2e" } });
  });
});

describe("a practice drive", () => {
  const file = { path: "/data/practice/practice-3.floppy-practice", sizeBytes: GB, readOnly: false };
  const loop: Node = { name: "loop0", is: { type: "loop" }, children: [part("loop0p1", { label: "BOOT" })] };
  const sysfs = { loop0: { backingFile: file.path, diskSequence: 40 } };

  it("that is not attached is its file", () => {
    expect(onlyDrive({ tree: [], files: [file] })).toMatchObject({
      key: "practice:3",
      name: "Practice drive 3",
      kind: "practice",
      transport: "file",
      identity: { path: file.path, sizeBytes: GB, diskSequence: null },
    });
  });

  it("that is attached is its loop device, under the same key", () => {
    expect(onlyDrive({ tree: [loop], sysfs, files: [file] })).toMatchObject({
      key: "practice:3",
      transport: "loop",
      identity: { path: "/dev/loop0", diskSequence: 40 },
      volumes: [{ path: "/dev/loop0p1", label: "BOOT" }],
    });
  });

  it("that somebody runs their system from is not offered", () => {
    expect(drives({ tree: [loop], sysfs, files: [file], mounts: [["loop0p1", "/home"]] })).toEqual([]);
  });
});
