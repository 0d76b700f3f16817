import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Ways to give a file a loop device, first the one that needs no desktop. */
const ways = [
  {
    attach: (file: string) => run("losetup", ["--find", "--partscan", file]),
    detach: (device: string) => run("losetup", ["--detach", device]),
  },
  {
    attach: (file: string) => run("udisksctl", ["loop-setup", "--no-user-interaction", "--file", file]),
    detach: (device: string) =>
      run("udisksctl", ["loop-delete", "--no-user-interaction", "--block-device", device]),
  },
];

/** Attaches a file where this user may; where not, nothing happens and the file stays as it is. */
export async function attachLoop(file: string): Promise<boolean> {
  return firstThatWorks(ways.map((way) => () => way.attach(file)));
}

/** Whether the loop device is gone now. */
export async function detachLoop(device: string): Promise<boolean> {
  return firstThatWorks(ways.map((way) => () => way.detach(device)));
}

async function firstThatWorks(attempts: (() => Promise<unknown>)[]): Promise<boolean> {
  for (const attempt of attempts) {
    const worked = await attempt().then(
      () => true,
      () => false,
    );
    if (worked) return true;
  }
  return false;
}
