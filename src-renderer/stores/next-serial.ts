import type { Device } from "#contract/devices.ts";

/** The serial after this one: `FLOPPY-RPI-00041` → `FLOPPY-RPI-00042`, or null where it ends in no number. */
export function nextSerial(serial: string): string | null {
  const match = /^(.*?)(\d+)$/.exec(serial);
  if (!match) return null;
  const [, head = "", digits = ""] = match;
  return head + String(Number(digits) + 1).padStart(digits.length, "0");
}

/** The states of a device whose medium is written. */
const hasMedium = new Set<Device["status"]["state"]>(["flashed", "awaited", "installing", "provisioned"]);

/** The first serial after this one that no medium was written for yet. */
export function nextUnwritten(serial: string, devices: Device[]): string | null {
  const written = new Set(
    devices.filter((device) => hasMedium.has(device.status.state)).map((device) => device.serial),
  );
  let next = nextSerial(serial);
  while (next && written.has(next)) next = nextSerial(next);
  return next;
}

/** The first serial of a prefix that no device has: after the highest one in use. */
export function firstFree(prefix: string, devices: Device[]): string {
  const head = `FLOPPY-${prefix}-`;
  const used = devices.map((device) => device.serial).filter((serial) => serial.startsWith(head));
  const highest = used.sort().at(-1) ?? `${head}00000`;
  return nextSerial(highest) ?? `${head}00001`;
}
