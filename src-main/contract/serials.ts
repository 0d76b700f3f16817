/** Which serial comes next: for one device, and for all of a batch. */
import type { Device } from "./devices.ts";

/** The serial after this one: `FLOPPY-RPI-00041` → `FLOPPY-RPI-00042`, or null where there is none of its width. */
export function nextSerial(serial: string): string | null {
  const match = /^(.*?)(\d+)$/.exec(serial);
  if (!match) return null;
  const [, head = "", digits = ""] = match;
  const next = String(Number(digits) + 1).padStart(digits.length, "0");
  return next.length > digits.length ? null : head + next;
}

/** Whether a medium was written for it, or is being written: it neither waits for one, nor did its last one fail. */
export function hasMedium({ status }: Device): boolean {
  return status.state !== "registered" && status.state !== "failed";
}

/** The first serial after this one that no medium was written for yet, and none is being written. */
export function nextUnwritten(serial: string, devices: readonly Device[]): string | null {
  const taken = serialsOf(devices, hasMedium);
  return firstOutside(taken, nextSerial(serial));
}

/**
 * The serials that a batch gives out, in order, from the first one on: those of devices that have a medium, or wait for
 * one with another role, are passed over. Fewer than `count` where the numbers run out.
 */
export function batchSerials(
  first: string,
  count: number,
  { devices, role }: { devices: readonly Device[]; role: string },
): string[] {
  const taken = serialsOf(devices, (device) => hasMedium(device) || (device.role ?? role) !== role);
  const serials: string[] = [];
  let next = firstOutside(taken, first);
  while (next !== null && serials.length < count) {
    serials.push(next);
    next = firstOutside(taken, nextSerial(next));
  }
  return serials;
}

/** The first serial of a prefix that no device has: after the highest one in use. */
export function firstFree(prefix: string, devices: readonly Device[]): string {
  const head = `FLOPPY-${prefix}-`;
  const used = devices.map((device) => device.serial).filter((serial) => serial.startsWith(head));
  const highest = used.sort().at(-1) ?? `${head}00000`;
  return nextSerial(highest) ?? `${head}00001`;
}

function serialsOf(devices: readonly Device[], which: (device: Device) => boolean): ReadonlySet<string> {
  return new Set(devices.filter(which).map(({ serial }) => serial));
}

function firstOutside(taken: ReadonlySet<string>, serial: string | null): string | null {
  let next = serial;
  while (next !== null && taken.has(next)) next = nextSerial(next);
  return next;
}
