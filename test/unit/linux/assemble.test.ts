import { describe, expect, it } from "vitest";
import { deviceIdentity } from "#core/drives/identity.ts";
import { disk, storage, usb } from "../core/drives/storage.ts";

/** What lsblk hands on for QEMU's sticks without a serial: udev made it up. */
const invented = { ...usb, model: "QEMU_HARDDISK", serial: "QEMU_QEMU_HARDDISK-0:0" };

type Facts = { serial: string | null; drives: number };

function identities(facts: Facts, devices = ["/sys/one", "/sys/one"]) {
  const found = storage({
    tree: [disk("sda", invented), disk("sdb", invented)],
    sysfs: {
      sda: { usb: { ...facts, device: devices[0] ?? "" } },
      sdb: { usb: { ...facts, device: devices[1] ?? "" } },
    },
    byId: { sda: ["usb-QEMU_QEMU_HARDDISK-0:0"] },
  });
  return found.devices.map(deviceIdentity);
}

describe("the serial of a drive on USB", () => {
  it("is that of its descriptor", () => {
    const [stick] = identities({ serial: "4C530001", drives: 1 });
    expect(stick).toMatchObject({ serial: "4C530001", byId: "usb-QEMU_QEMU_HARDDISK-0:0" });
  });

  it("is none where udev made it up, and neither is the link that it made of it", () => {
    for (const stick of identities({ serial: null, drives: 1 }))
      expect(stick).toMatchObject({ serial: null, byId: null });
  });

  it("is none in a reader, whose slots all carry the reader's", () => {
    const [slot] = identities({ serial: "READER1", drives: 2 });
    expect(slot).toMatchObject({ serial: null, byId: "usb-QEMU_QEMU_HARDDISK-0:0" });
  });

  it("is none where two that are plugged in have the same, and neither is the link that goes between them", () => {
    for (const stick of identities({ serial: "12345678", drives: 1 }, ["/sys/one", "/sys/other"]))
      expect(stick).toMatchObject({ serial: null, byId: null });
  });
});
