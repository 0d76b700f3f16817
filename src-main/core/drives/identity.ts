import type { DriveIdentity } from "#contract/drives.ts";
import type { BlockDevice, PlainFile } from "./block-devices.ts";

export function deviceIdentity(device: BlockDevice): DriveIdentity {
  const { path, byId, serial, wwn, model, sizeBytes, diskSequence } = device;
  return { path, byId, serial, wwn, model, sizeBytes, diskSequence };
}

export function fileIdentity({ path, sizeBytes }: PlainFile): DriveIdentity {
  return { path, byId: null, serial: null, wwn: null, model: null, sizeBytes, diskSequence: null };
}
