import { cp, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { makeFolder } from "#linux/make-folder.ts";
import { mayAccess } from "#linux/may-access.ts";
import { cacheFolder } from "../cache-folder.ts";

/** What the writer runs with, below the mounted AppImage. */
const parts = ["resources/node", "resources/app.asar.unpacked"];
const prefix = "writer-";

/**
 * A running AppImage is mounted for its user alone: root cannot read the writer there. So the writer is copied out
 * before it is started elevated, once for each AppImage. Any other command is returned as it is.
 */
export async function reachableByRoot(command: string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const { APPIMAGE, APPDIR } = env;
  if (!APPIMAGE || !APPDIR || !command.every((part) => part.startsWith(`${APPDIR}/`))) return command;
  const { size, mtimeMs } = await stat(APPIMAGE);
  const name = `${prefix}${size}-${mtimeMs}`;
  const cache = cacheFolder(env);
  if (!(await mayAccess(join(cache, name)))) await stage(APPDIR, cache, name);
  return command.map((part) => join(cache, name, relative(APPDIR, part)));
}

/** Copies beside and renames, so that a copy that was broken off is never taken for a whole one. */
async function stage(appFolder: string, cache: string, name: string): Promise<void> {
  makeFolder(cache);
  const outdated = (await readdir(cache)).filter((entry) => entry.startsWith(prefix));
  const half = await mkdtemp(join(cache, `half-${name}-`));
  try {
    for (const part of parts) await cp(join(appFolder, part), join(half, part), { recursive: true });
    await rename(half, join(cache, name));
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  for (const entry of outdated) await rm(join(cache, entry), { recursive: true, force: true });
}
