import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readUsb } from "#linux/usb.ts";

let sysfs: string;
beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), "sysfs-"));
});
afterEach(() => rmSync(sysfs, { recursive: true, force: true }));

/** A disk of a SCSI host that belongs to a USB device, or to a controller of the machine. */
function plug(name: string, unit: string, { usb = true, serial }: { usb?: boolean; serial?: string } = {}) {
  const [host] = unit.split(":");
  const port = `devices/pci0000:00/0000:00:02.0/${usb ? "usb1/1-2" : "ata1"}`;
  const folder = join(sysfs, port, usb ? "1-2:1.0" : "", `host${host}/target${host}:0:0/${unit}`);
  mkdirSync(join(folder, "block", name), { recursive: true });
  if (usb) for (const file of ["idVendor", "idProduct"]) writeFileSync(join(sysfs, port, file), "0781\n");
  if (serial !== undefined) writeFileSync(join(sysfs, port, "serial"), `${serial}\n`);
  const link = join(sysfs, "class/block", name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(folder, "block", name), link);
  symlinkSync("../..", join(folder, "block", name, "device"));
}

describe("what a USB device's descriptor says", () => {
  it("is the serial of a stick", async () => {
    plug("sdb", "2:0:0:0", { serial: "4C530001" });
    expect(await readUsb("sdb", sysfs)).toMatchObject({ serial: "4C530001", drives: 1 });
  });

  it.each([undefined, "", "000000000000"])("is no serial where it holds %j", async (serial) => {
    plug("sdb", "2:0:0:0", serial === undefined ? {} : { serial });
    expect(await readUsb("sdb", sysfs)).toMatchObject({ serial: null, drives: 1 });
  });

  it("is shared by all slots of a reader, the empty ones too", async () => {
    plug("sdb", "2:0:0:0", { serial: "READER1" });
    plug("sdc", "2:0:0:1");
    expect(await readUsb("sdb", sysfs)).toMatchObject({ serial: "READER1", drives: 2 });
    expect(await readUsb("sdc", sysfs)).toMatchObject({ serial: "READER1", drives: 2 });
  });

  it("steers no terminal", async () => {
    plug("sdb", "2:0:0:0", { serial: "4C\u001b[2K53" });
    expect(await readUsb("sdb", sysfs)).toMatchObject({ serial: "4C[2K53" });
  });

  it("is not there for a disk of the machine, nor for a drive that went meanwhile", async () => {
    plug("sda", "0:0:0:0", { usb: false });
    expect(await readUsb("sda", sysfs)).toBeNull();
    expect(await readUsb("sdz", sysfs)).toBeNull();
  });
});
