import { describe, expect, it } from "vitest";
import type { DriveIdentity } from "#contract/drives.ts";
import type { BlockDevices } from "#core/drives/block-devices.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { disk, GB, mmc, nvme, part, sata, storage, usb } from "./storage.ts";

const ultra = { ...usb, model: "Ultra", serial: "4C53", wwn: "0x5000", "log-sec": 4096 };
const machine = {
  tree: [disk("sda", ultra, [part("sda1"), part("sda2")])],
  sysfs: { sda: { diskSequence: 7 } },
  byId: { sda: ["usb-Ultra_4C53"] },
};
const chosen: DriveIdentity = {
  path: "/dev/sda",
  byId: "usb-Ultra_4C53",
  serial: "4C53",
  wwn: "0x5000",
  model: "Ultra",
  sizeBytes: 32 * GB,
  diskSequence: 7,
};

/** An identity that forges all that recheckDrive compares from what is there. */
function forged(path: string, found: BlockDevices): DriveIdentity {
  const target = [...found.devices, ...found.files].find((each) => each.path === path);
  const nothing = { byId: null, serial: null, wwn: null, model: null, diskSequence: null };
  return { ...nothing, ...target, path, sizeBytes: target?.sizeBytes ?? 0 };
}

function refusal(expected: DriveIdentity, imageBytes: number, found: BlockDevices): unknown {
  try {
    recheckDrive(expected, imageBytes, found);
  } catch (thrown) {
    return thrown;
  }
  throw new Error(`${expected.path} was let through`);
}

describe("the drive that was chosen", () => {
  it("may be written, after unmounting what is mounted from it", () => {
    const mounts: [string, string][] = [
      ["sda1", "/media/root"],
      ["sda2", "/media/root/boot"],
    ];
    expect(recheckDrive(chosen, 32 * GB, storage({ ...machine, mounts }))).toMatchObject({
      path: "/dev/sda",
      kind: "device",
      logicalSectorBytes: 4096,
      mounts: [
        { source: "/dev/sda2", target: "/media/root/boot", isOwn: true },
        { source: "/dev/sda1", target: "/media/root", isOwn: true },
      ],
    });
  });

  it("has as its own no mount that only calls itself by its name, or seems to lie in a file on it", () => {
    const found = storage({
      ...machine,
      tree: [...machine.tree, { name: "loop3", is: { type: "loop" } }],
      sysfs: { ...machine.sysfs, loop3: { backingFile: "/media/card/disk.img" } },
      mounts: [
        ["sda1", "/media/card"],
        ["/dev/sda2", "/media/ram", "tmpfs"],
        ["loop3", "/media/iso", "iso9660"],
        ["overlay", "/media/merged", "overlay", "rw,lowerdir=/media/card/lower"],
      ],
    });
    const { mounts } = recheckDrive(chosen, 1, found);
    expect(Object.fromEntries(mounts.map(({ target, isOwn }) => [target, isOwn]))).toEqual({
      "/media/card": true,
      "/media/ram": false,
      "/media/iso": false,
      "/media/merged": false,
    });
  });

  it("must be there", () => {
    expect(refusal(chosen, 1, storage({ tree: [] }))).toMatchObject({ code: "DRIVE_GONE" });
  });

  it("is gone when the card was taken out of its reader", () => {
    const empty = storage({ ...machine, tree: [disk("sda", { ...ultra, size: 0 })] });
    expect(refusal(chosen, 1, empty)).toMatchObject({ code: "DRIVE_GONE" });
  });

  it("must not have become the system's since", () => {
    const found = storage({ ...machine, mounts: [["sda2", "/home"]] });
    expect(refusal(chosen, 1, found)).toMatchObject({ code: "DRIVE_SYSTEM", details: { uses: ["/home"] } });
  });

  it("must be writable", () => {
    const locked = storage({ ...machine, tree: [disk("sda", { ...ultra, ro: true })] });
    expect(refusal(chosen, 1, locked)).toMatchObject({ code: "DRIVE_READ_ONLY" });
  });

  it("must hold the image", () => {
    expect(refusal(chosen, 32 * GB + 1, storage(machine))).toMatchObject({
      code: "IMAGE_TOO_LARGE",
      details: { imageBytes: 32 * GB + 1, sizeBytes: 32 * GB },
    });
  });
});

describe("another drive at the same path is noticed by its", () => {
  it.each([
    ["byId", { ...machine, byId: { sda: ["usb-Other"] } }],
    ["serial", { ...machine, tree: [disk("sda", { ...ultra, serial: "9999" })] }],
    // Without a serial of its own a stick has no link of its own either.
    ["byId", { ...machine, tree: [disk("sda", { ...ultra, serial: null })] }],
    ["wwn", { ...machine, tree: [disk("sda", { ...ultra, wwn: "0x6000" })] }],
    ["model", { ...machine, tree: [disk("sda", { ...ultra, model: "Extreme" })] }],
    ["sizeBytes", { ...machine, tree: [disk("sda", { ...ultra, size: 16 * GB })] }],
    ["diskSequence", { ...machine, sysfs: { sda: { diskSequence: 8 } } }],
  ])("%s", (field, other) => {
    expect(refusal(chosen, 1, storage(other))).toMatchObject({ code: "DRIVE_REPLACED", details: { field } });
  });
});

describe("a forged request, though it names the device exactly, never gets at", () => {
  it.each([
    ["the system's disk", "/dev/nvme0n1", "DRIVE_SYSTEM"],
    ["the system's partition", "/dev/nvme0n1p1", "DRIVE_SYSTEM"],
    ["an internal disk that is not in use", "/dev/sdb", "DRIVE_UNSAFE"],
    ["a partition of the stick", "/dev/sda1", "DRIVE_UNSAFE"],
    ["a mapping", "/dev/dm-0", "DRIVE_UNSAFE"],
    ["an eMMC", "/dev/mmcblk0", "DRIVE_UNSAFE"],
    ["an eMMC's boot partition", "/dev/mmcblk0boot0", "DRIVE_UNSAFE"],
    ["compressed RAM", "/dev/zram0", "DRIVE_UNSAFE"],
    ["somebody's loop device", "/dev/loop0", "DRIVE_UNSAFE"],
    ["a practice file's loop device after the file was deleted", "/dev/loop1", "DRIVE_UNSAFE"],
    ["somebody's file", "/etc/shadow", "DRIVE_UNSAFE"],
    ["a path that is neither", "/dev/null", "DRIVE_GONE"],
  ])("%s", (_, path, code) => {
    const found = storage({
      tree: [
        disk("nvme0n1", nvme, [part("nvme0n1p1")]),
        disk("sda", ultra, [part("sda1", {}, [{ name: "dm-0", is: { type: "crypt" } }])]),
        disk("sdb", sata),
        disk("mmcblk0", mmc),
        disk("mmcblk0boot0", mmc),
        disk("zram0", { subsystems: "block", rm: true }),
        { name: "loop0", is: { type: "loop" } },
        { name: "loop1", is: { type: "loop" } },
      ],
      sysfs: {
        mmcblk0: { card: { type: "MMC", name: null, serial: null } },
        loop0: { backingFile: "/home/ada/disk.img" },
        loop1: { backingFile: "/home/ada/practice-1.floppy-practice (deleted)" },
      },
      mounts: [["nvme0n1p1", "/"]],
      files: [{ path: "/etc/shadow", sizeBytes: 1000, readOnly: false }],
    });
    expect(refusal(forged(path, found), 1, found)).toMatchObject({ code });
  });
});

describe("a practice drive", () => {
  const path = "/data/practice-1.floppy-practice";
  const file = { path, sizeBytes: 1000, readOnly: false };

  it("may be written through its loop device", () => {
    const found = storage({
      tree: [{ name: "loop0", is: { type: "loop" } }],
      sysfs: { loop0: { backingFile: path } },
    });
    expect(recheckDrive(forged("/dev/loop0", found), 1, found)).toMatchObject({
      path: "/dev/loop0",
      kind: "device",
    });
  });

  it("may be written as a file", () => {
    const found = storage({ tree: [], files: [file] });
    expect(recheckDrive(forged(path, found), 1000, found)).toEqual({
      path,
      kind: "file",
      logicalSectorBytes: 512,
      mounts: [],
    });
  });

  it.each([
    ["DRIVE_REPLACED", { ...file, sizeBytes: 999 }, 1],
    ["DRIVE_READ_ONLY", { ...file, readOnly: true }, 1],
    ["IMAGE_TOO_LARGE", file, 1001],
  ])("as a file is refused with %s like any other", (code, now, imageBytes) => {
    const expected = forged(path, storage({ tree: [], files: [file] }));
    expect(refusal(expected, imageBytes, storage({ tree: [], files: [now] }))).toMatchObject({ code });
  });
});
