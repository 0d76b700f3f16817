import { spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { driveTakenByWriter } from "./errors.ts";

const RETRY_MS = 200;

/**
 * Takes the lock that keeps udev from probing the drive meanwhile, and a second writer from starting. The lock
 * belongs to the open file: `flock` takes it on the handle it inherits, and it lasts until this process ends.
 * udev holds it for moments and is waited for; another writer is not, for it would write over what that one did.
 */
export async function lock(path: string, handle: FileHandle, deadlineMs: number): Promise<void> {
  while (!(await tryLock(handle))) {
    if (performance.now() > deadlineMs || (await isLockedForWriting(handle))) throw driveTakenByWriter(path);
    await sleep(RETRY_MS);
  }
}

async function tryLock(handle: FileHandle): Promise<boolean> {
  const child = spawn("flock", ["--exclusive", "--nonblock", "3"], {
    stdio: ["ignore", "ignore", "ignore", handle.fd],
  });
  const [code] = await once(child, "exit");
  return code === 0;
}

async function isLockedForWriting(handle: FileHandle): Promise<boolean> {
  const { ino } = await handle.stat();
  const locks = await readFile("/proc/locks", "utf8");
  return locks.split("\n").some((line) => {
    const [, kind, , access, , inode = ""] = line.trim().split(/\s+/);
    return kind === "FLOCK" && access === "WRITE" && inode.endsWith(`:${ino}`);
  });
}
