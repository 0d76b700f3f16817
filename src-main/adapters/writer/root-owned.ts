import { lstat, readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

const OTHERS_MAY_WRITE = 0o022;

/**
 * The first of these that somebody but root could change: each file or folder with all that is in it, and every folder
 * above it. Null where there is none. A list of rights of its own shows in the group's.
 */
export async function foreignPart(paths: string[]): Promise<string | null> {
  for (const path of paths) {
    const found = (await foreignAbove(path)) ?? (await foreignWithin(path));
    if (found !== null) return found;
  }
  return null;
}

/** As written, not as resolved: a link on the way counts as what it is, and leads to nowhere that is looked at. */
async function foreignAbove(path: string): Promise<string | null> {
  const parent = dirname(path);
  if (parent === path) return null;
  return (await foreignAbove(parent)) ?? ((await isRoots(parent, "folder")) ? null : parent);
}

async function foreignWithin(path: string): Promise<string | null> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isSymbolicLink() && stats.uid === 0) return foreignBehind(path);
  if (!(await isRoots(path))) return path;
  if (!stats?.isDirectory()) return null;
  const within = await Promise.all((await readdir(path)).map((name) => foreignWithin(join(path, name))));
  return within.find((found) => found !== null) ?? null;
}

/** A link among a program's files leads to a file that is as much root's as they are. */
async function foreignBehind(link: string): Promise<string | null> {
  const target = await realpath(link).catch(() => null);
  if (target === null) return link;
  if ((await foreignAbove(target)) !== null) return link;
  return (await isRoots(target)) ? null : link;
}

async function isRoots(path: string, kind?: "folder"): Promise<boolean> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null || stats.isSymbolicLink() || stats.uid !== 0) return false;
  return (stats.mode & OTHERS_MAY_WRITE) === 0 && (kind === undefined || stats.isDirectory());
}
