import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { driveBusy } from "./errors.ts";
import { findHolders } from "./holders.ts";

const run = promisify(execFile);

/** Unmounts exactly these places, in their order. Never lazily: that would leave writers at work on the drive. */
export async function unmount(path: string, targets: string[], log: (text: string) => void): Promise<void> {
  for (const target of targets) {
    try {
      await run("umount", ["--", target]);
    } catch {
      throw driveBusy(`${target} on ${path}`, await findHolders(target));
    }
    log(`Unmounted ${target}.`);
  }
}
