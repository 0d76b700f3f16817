import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckedDrive } from "#core/drives/recheck.ts";
import { driveBusy } from "./errors.ts";
import { findHolders, findStacked, partsOf } from "./holders.ts";
import { unmount } from "./unmount.ts";

const RETRY_MS = 200;

/** Unmounts a drive, unless it is held by more than its mounts: then nothing of it is touched, and the holder named. */
export async function release(
  { path, kind, mounts }: CheckedDrive,
  deadlineMs: number,
  log: (text: string) => void,
  blocks?: string,
): Promise<void> {
  if (kind === "file") return;
  const stacked = await findStacked(path, blocks);
  if (stacked.length > 0) throw driveBusy(path, stacked);
  if (mounts.length === 0) return;
  const mounted = mounts.flatMap(({ devices }) => devices);
  const idle = (await partsOf(path)).slice(1).filter((name) => !mounted.includes(name));
  for (const name of idle) await untilFree(path, join("/dev", name), deadlineMs);
  await unmount(path, mounts, log);
}

/** A partition that is not mounted may be formatted at this moment. */
async function untilFree(path: string, partition: string, deadlineMs: number): Promise<void> {
  while (await isHeld(partition)) {
    if (performance.now() > deadlineMs) throw driveBusy(path, await findHolders(path));
    await sleep(RETRY_MS);
  }
}

async function isHeld(partition: string): Promise<boolean> {
  const { O_RDONLY, O_EXCL, O_NONBLOCK } = constants;
  return open(partition, O_RDONLY | O_EXCL | O_NONBLOCK).then(
    (handle) => handle.close().then(() => false),
    (error: NodeJS.ErrnoException) => error.code === "EBUSY",
  );
}
