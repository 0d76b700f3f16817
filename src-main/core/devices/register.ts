import type { Device } from "#contract/devices.ts";
import { FloppyError } from "#contract/errors.ts";

/** A device as it enters the inventory. */
export function registered(about: {
  serial: string;
  host: string;
  hostname: string;
  role: string | null;
  practice: boolean;
  at: string;
}): Device {
  const { serial, host, hostname, role, practice, at } = about;
  return {
    serial,
    host,
    hostname,
    role,
    status: { state: "registered" },
    hostKey: null,
    lastRunId: null,
    practice,
    createdAt: at,
    updatedAt: at,
  };
}

export function deviceUnknown(serial: string): FloppyError {
  return new FloppyError(
    "DEVICE_UNKNOWN",
    `${serial} is not in the inventory.`,
    "Nothing was changed. Add it first, or provision it.",
  );
}
