import { constants } from "node:fs/promises";
import { list as listDisks } from "drivelist";
import type { Drive } from "#contract/drives.ts";
import type { DescribedDrive } from "#core/drives/describe.ts";
import { offeredDrives } from "#core/drives/offer.ts";
import type { Drives } from "#core/ports/drives.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { mayAccess } from "#linux/may-access.ts";
import { fingerprint } from "./fingerprint.ts";
import { practiceFiles } from "./practice-folder.ts";
import { shareScan } from "./share-scan.ts";
import { watchDrives } from "./watch.ts";

/** How often to look whether anything changed: quick enough that a plugged stick shows within a second. */
const WATCH_INTERVAL_MS = 300;

export function createDrives({ practiceFolder }: { practiceFolder: string }): Drives {
  const list = () => listDrives(practiceFolder);
  const print = () => fingerprint(practiceFolder);
  const shown = shareScan(print, list);
  return {
    list,
    shown,
    watch: (listener) =>
      watchDrives({ fingerprint: print, list: shown, intervalMs: WATCH_INTERVAL_MS }, listener),
  };
}

export async function listDrives(practiceFolder: string): Promise<Drive[]> {
  const files = await practiceFiles(practiceFolder);
  const [found, disks] = await Promise.all([
    readBlockDevices(files.map((file) => file.path)),
    listDisks().catch(() => null),
  ]);
  // Where it fails over one odd device, our own rules alone are strict enough: the writer asks no other.
  const listed = disks?.map((disk) => disk.raw) ?? found.devices.map((device) => device.path);
  const drives = offeredDrives(found, new Set(listed));
  return Promise.all(drives.map(withWritable));
}

async function withWritable(drive: DescribedDrive): Promise<Drive> {
  return { ...drive, writable: await mayAccess(drive.identity.path, constants.W_OK) };
}
