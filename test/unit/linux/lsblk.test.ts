import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { kernelName, parseLsblk } from "#linux/lsblk.ts";

function fixture(version: string): string {
  return readFileSync(new URL(`../../fixtures/lsblk/util-linux-${version}.json`, import.meta.url), "utf8");
}

it("reads the strings of old versions as numbers and flags", () => {
  const [disk, partition] = parseLsblk(fixture("2.27"));
  expect(disk).toMatchObject({
    "maj:min": "8:0",
    size: 31_914_983_424,
    ro: false,
    rm: true,
    hotplug: true,
    "log-sec": 512,
    vendor: "SanDisk",
    model: "Ultra",
    parents: [],
  });
  expect(partition).toMatchObject({ kname: "/dev/sda1", label: "CARD", parents: ["/dev/sda"] });
});

it("lists an array once, with all its members, and what lies on it", () => {
  const devices = parseLsblk(fixture("2.38"));
  expect(devices.map((device) => [device.kname, device.parents])).toEqual([
    ["/dev/sda", []],
    ["/dev/md0", ["/dev/sda", "/dev/sdb"]],
    ["/dev/dm-0", ["/dev/md0"]],
    ["/dev/sdb", []],
  ]);
});

it("takes the control and direction marks out of what a stick says of itself", () => {
  const hostile = fixture("2.27").replace('"CARD"', JSON.stringify("\u001b[2KCA\u202eRD\u0007"));
  expect(parseLsblk(hostile)[1]).toMatchObject({ label: "[2KCARD" });
});

it("refuses what is not lsblk's JSON", () => {
  expect(() => parseLsblk('{"devices": []}')).toThrow();
  expect(() => parseLsblk("NAME SIZE")).toThrow();
});

it("leaves out a device that it does not understand, and joins what is above it to what is below", () => {
  const told = (name: string, more = {}) => ({
    name: `/dev/${name}`,
    kname: `/dev/${name}`,
    "maj:min": "8:0",
    type: "disk",
    ro: false,
    ...more,
  });
  const above = told("dm-1");
  const odd = { name: "/dev/mapper/odd", kname: 7, children: [above] };
  const devices = parseLsblk(
    JSON.stringify({
      blockdevices: [told("sda", { children: [odd] }), { name: null }, told("sdb", { rm: "?" })],
    }),
  );
  expect(devices.map(({ kname, parents }) => [kname, parents])).toEqual([
    ["/dev/sda", []],
    ["/dev/dm-1", ["/dev/sda"]],
    ["/dev/sdb", []],
  ]);
});

it("lists the others where an old version prints a label that is no JSON", () => {
  const raw = fixture("2.27").replace('"CARD"', '"C\u0001A\nRD"');
  expect(parseLsblk(raw)[1]).toMatchObject({ kname: "/dev/sda1" });
});

it("knows a device's name in sysfs", () => {
  expect(kernelName("/dev/cciss/c0d0p1")).toBe("cciss!c0d0p1");
});
