import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SysfsFacts } from "./assemble.ts";
import { plainWord } from "./lsblk.ts";

/** `host:channel:target:unit`, the folder of a SCSI unit. */
const scsiUnit = /^\d+:\d+:\d+:\d+$/;
/** A descriptor that was left as it came from the factory. */
const blank = /^[0\s]*$/;

/** The USB device behind a drive, by the kernel's folders; `sysfs` is where those are mounted. */
export async function readUsb(name: string, sysfs = "/sys"): Promise<SysfsFacts["usb"]> {
  const unit = await realpath(join(sysfs, "class/block", name, "device")).catch(() => null);
  if (unit === null) return null;
  const device = await usbDeviceAbove(unit, sysfs);
  if (device === null) return null;
  const said = await readFile(join(device, "serial"), "utf8").catch(() => "");
  const units = await readdir(dirname(unit)).catch((): string[] => []);
  const drives = units.filter((entry) => scsiUnit.test(entry)).length;
  return { device, serial: blank.test(said) ? null : plainWord(said), drives };
}

/** The nearest folder above that has a USB device's descriptor. */
async function usbDeviceAbove(folder: string, sysfs: string): Promise<string | null> {
  for (let above = dirname(folder); above.startsWith(`${sysfs}/`); above = dirname(above)) {
    const entries = await readdir(above).catch((): string[] => []);
    if (entries.includes("idVendor") && entries.includes("idProduct")) return above;
  }
  return null;
}
