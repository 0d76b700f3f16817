import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestImage } from "#contract/manifest.ts";
import { currentOwner } from "../inventory/owner.ts";
import { ownerOfPart } from "./part.ts";

const WEEK_MS = 7 * 24 * 3600 * 1000;
const imageFolder = /^[0-9a-f]{64}$/;

/** When somebody last read or changed one of its files. */
async function lastUsedMs(folder: string): Promise<number> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const found = await Promise.all((files.length > 0 ? files : [folder]).map((path) => stat(path)));
  return Math.max(...found.map(({ atimeMs, mtimeMs }) => Math.max(atimeMs, mtimeMs)));
}

/** Removes what was of no use for a week: images that are not named any more, and beginnings that nobody works on. */
export async function prune(
  parent: string,
  named: Pick<ManifestImage, "sha256">[],
  nowMs: number,
): Promise<void> {
  const me = currentOwner();
  const keep = new Set(named.map(({ sha256 }) => sha256));
  const mayGo = (name: string) =>
    imageFolder.test(name) ? !keep.has(name) : ownerOfPart(name, me) === "dead";
  for (const name of (await readdir(parent)).filter(mayGo)) {
    const folder = join(parent, name);
    if (nowMs - (await lastUsedMs(folder)) > WEEK_MS) await rm(folder, { recursive: true, force: true });
  }
}
