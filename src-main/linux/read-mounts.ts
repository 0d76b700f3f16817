import { readFile } from "node:fs/promises";
import { type MountLine, parseMountinfo, showsSame } from "./mounts.ts";

/** A mount, and whether it is one of another namespace alone: then it cannot be unmounted from here. */
export type SeenMount = MountLine & { elsewhere: boolean };

/** What this process sees mounted. */
export async function readOwnMounts(): Promise<MountLine[]> {
  return parseMountinfo(await readFile("/proc/self/mountinfo", "latin1"));
}

/** Our own mounts, and those of the system's first process where we may see them: a sandbox hides mounts. */
export async function readMounts(): Promise<SeenMount[]> {
  const own = await readOwnMounts();
  const first = parseMountinfo(await readFile("/proc/1/mountinfo", "latin1").catch(() => ""));
  const others = first.filter((line) => !own.some((one) => showsSame(one, line)));
  return [
    ...others.map((line) => ({ ...line, elsewhere: true })),
    ...own.map((line) => ({ ...line, elsewhere: false })),
  ];
}
