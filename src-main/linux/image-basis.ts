/** All that an inspection rests upon, as the kernel tells it: an answer is remembered as long as none of it differs. */
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, extname, join, parse } from "node:path";
import type { ImageBasis } from "#contract/images.ts";
import { findXz } from "./system-xz.ts";
import { withToolFolders } from "./tool-folders.ts";

/** Counted up where the same bytes may be answered otherwise than before. */
const OWN_DECODERS = 1;

/** A file told from any other, and from itself before a change: nobody can set `changedNs`. */
export type FileState = {
  device: string;
  inode: string;
  bytes: number;
  modifiedNs: string;
  changedNs: string;
};

/** An image and each place where a `.bmap` is heeded, whether or not there is one. */
export type ImageFiles = {
  realPath: string;
  file: FileState;
  sidecars: { path: string; file: FileState | null }[];
};

export function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileState {
  return {
    device: `${dev}`,
    inode: `${ino}`,
    bytes: Number(size),
    modifiedNs: `${mtimeNs}`,
    changedNs: `${ctimeNs}`,
  };
}

/** What there is instead of a regular file; null where it is one. */
export function oddKind(stats: BigIntStats): string | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isBlockDevice() ? "a drive" : "a device";
}

/** `card.img.xz` has its map in `card.img.xz.bmap`, `card.img.bmap` or `card.bmap`. */
function* mapNames(base: string): Generator<string> {
  for (let name = base; name !== ""; name = parse(name).name) {
    yield `${name}.bmap`;
    if (extname(name) === "") return;
  }
}

/** However the ending of one that is there is written; those of the very names first. */
async function mapsBeside(path: string): Promise<string[]> {
  const folder = dirname(path);
  const there = await readdir(folder).catch((): string[] => []);
  return [...mapNames(parse(path).base)].flatMap((name) => {
    const alike = there.filter((other) => other !== name && other.toLowerCase() === name.toLowerCase());
    return [name, ...alike.toSorted()].map((one) => join(folder, one));
  });
}

async function stateAt(path: string): Promise<FileState | null> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  return stats?.isFile() ? stateOf(stats) : null;
}

/** Throws what the kernel does where there is nothing, or nothing that may be looked at. */
export async function readImageFiles(path: string): Promise<ImageFiles> {
  const realPath = await realpath(path);
  const file = stateOf(await stat(path, { bigint: true }));
  // A map beside a link counts, and so does one beside what the link leads to.
  const places = new Set([...(await mapsBeside(path)), ...(await mapsBeside(realPath))]);
  const sidecars = [...places].map(async (place) => ({ path: place, file: await stateAt(place) }));
  return { realPath, file, sidecars: await Promise.all(sidecars) };
}

export function digestOf(files: ImageFiles): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex");
}

/** What unpacks here: Floppy's own decoders, and the xz that the writer finds. */
async function readDecoders(): Promise<string> {
  const xz = await findXz("xz", withToolFolders(process.env.PATH));
  return `floppy ${OWN_DECODERS}, xz ${xz?.version ?? "none"}`;
}

export async function basisOf(files: ImageFiles): Promise<ImageBasis> {
  return { files: digestOf(files), decoders: await readDecoders() };
}
