import { describe, expect, it } from "vitest";
import { describeLoss, driveTable, findDrive } from "../../../src-main/cli/choose-drive.ts";
import { fakeDrive, freshRun } from "../../support/fake-ports.ts";

const card = fakeDrive();
const { identity } = card;
const twin = fakeDrive({
  key: "usb-card-2",
  identity: { ...identity, path: "/dev/sdy", byId: "/dev/disk/by-id/usb-twin" },
});

describe("naming a drive", () => {
  it.each([
    ["path", "/dev/sdz"],
    ["by-id name", "usb-SanDisk_Ultra_4C530001"],
    ["serial", "4C530001"],
    ["key", "usb-card-1"],
  ])("works by its %s", (_what, name) => {
    expect(findDrive([card], name)).toBe(card);
  });

  it("works by the short and by the whole by-id link", () => {
    expect(findDrive([card, twin], "usb-twin")).toBe(twin);
    expect(findDrive([card, twin], "/dev/disk/by-id/usb-twin")).toBe(twin);
  });

  it("works by whatever leads to its path, and says of a partition what it is", () => {
    const at = (path: string, partitionOf: string | null = null) => [{ path, partitionOf }];
    expect(findDrive([card, twin], "../card", at("/dev/sdy"))).toBe(twin);
    expect(() => findDrive([card], "usb-part1", at("/dev/sdz1", "/dev/sdz"))).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", message: "usb-part1 is a partition of /dev/sdz." }),
    );
  });

  it("never guesses: a part of a name, or one that two drives share, names none", () => {
    expect(() => findDrive([card], "/dev/sd")).toThrow(expect.objectContaining({ code: "DRIVE_GONE" }));
    expect(() => findDrive([card], "")).toThrow(expect.objectContaining({ code: "DRIVE_GONE" }));
    expect(() => findDrive([card, twin], "4C530001")).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
  });
});

describe("agreeing to erase a drive", () => {
  it("shows first what will be lost", () => {
    const volume = { path: "/dev/sdz1", offset: 0, sizeBytes: 3 * 1024 ** 3, mountpoints: [] };
    const full = fakeDrive({ volumes: [{ ...volume, label: "PHOTOS", filesystem: "exfat" }] });
    expect(describeLoss(full)).toBe(
      "Everything on SanDisk Ultra (32 GB, /dev/sdz, serial 4C530001) will be erased:\n  - PHOTOS exfat 3.00 GiB",
    );
  });
});

it("the list of drives gives the reason where one cannot be written", () => {
  expect(driveTable({ drives: [card, fakeDrive({ readOnly: true })], runs: [] })).toMatch(/Read-only/);
});

it("the list of drives tells for whom one is being written", () => {
  expect(driveTable({ drives: [card], runs: [freshRun] })).toMatch(/Taken.*FLOPPY-RPI-00001/);
});

it("what a drive calls itself makes no lines of its own in what a person agrees to", () => {
  const says = "Ultra\n\nNothing will be erased.\u2028\u202e";
  const [volume] = fakeDrive().volumes;
  const label = {
    path: "/dev/sdz1",
    filesystem: "vfat",
    offset: 0,
    sizeBytes: 1,
    mountpoints: [],
    ...volume,
  };
  const told = fakeDrive({
    name: says,
    identity: { ...identity, serial: says },
    volumes: [{ ...label, label: says }],
  });
  const lines = describeLoss(told).split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^Everything on Ultra Nothing will be erased\. \(.*\) will be erased:$/);
  expect(lines[1]).toMatch(/^ {2}- Ultra Nothing will be erased\. vfat/);
});
