import type { Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";

/** One run a device and one run a drive at a time, decided before anything is awaited. */
export function createReservations() {
  const serials = new Set<string>();
  const drives = new Set<string>();

  const deviceBusy = (serial: string) =>
    new FloppyError(
      "DEVICE_BUSY",
      `${serial} is being provisioned right now.`,
      "That run goes on untouched. Wait for it, or cancel it first.",
    );

  const driveBusy = (name: string) =>
    new FloppyError(
      "DRIVE_BUSY",
      `${name} is being written by another run.`,
      "That run goes on untouched. Choose another drive, or wait for it.",
    );

  /** Returns the function that gives both free again. */
  function take(serial: string, drive: Drive): () => void {
    if (serials.has(serial)) throw deviceBusy(serial);
    if (drives.has(drive.key)) throw driveBusy(drive.name);
    serials.add(serial);
    drives.add(drive.key);
    return () => {
      serials.delete(serial);
      drives.delete(drive.key);
    };
  }

  return { take, deviceBusy, driveBusy };
}
