import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import pLimit from "p-limit";
import type { Folder } from "#contract/api.ts";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { ImageBasis } from "#contract/images.ts";
import { isLossy } from "#contract/utf8.ts";
import { notAFile } from "#core/images/errors.ts";
import type { Files } from "#core/ports/images.ts";
import { basisOf, oddKind, readImageFiles } from "#linux/image-basis.ts";
import { errorCode } from "./error-code.ts";
import { homeFolder } from "./home-folder.ts";

type Entry = Folder["entries"][number];

/** Names that may hold an image, packed or not; what is really in it is found out when it is inspected. */
const IMAGE_NAME = /\.(img|iso|raw|bin|wic|sdcard|zst|gz|xz|bz2|zip)$/i;

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const reasons: Record<string, string> = {
  ENOENT: "It is not there any more.",
  ENOTDIR: "It is not a folder.",
  EACCES: "You may not read it.",
  EPERM: "You may not read it.",
  EIO: "The disk does not answer.",
};

function unreadable(path: string, thrown: unknown): FloppyError {
  const known = isLossy(path) ? "Its name is not UTF-8: rename it." : reasons[errorCode(thrown)];
  const reason = known ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return new FloppyError(
    "FILE_UNREADABLE",
    `${path} cannot be read. ${reason}`,
    "Nothing was changed. Choose another folder or file, or get the right to read this one.",
    { path, code: errorCode(thrown) },
  );
}

/** Follows links; null for one that leads nowhere, and for what vanished meanwhile. */
async function lookUp(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

/** By its name and kind; where a link leads is seen when it is looked up. */
function mayBeShown(found: Dirent): boolean {
  return found.isDirectory() || found.isSymbolicLink() || IMAGE_NAME.test(found.name);
}

async function toEntry(folder: string, found: Dirent): Promise<Entry | null> {
  const { name } = found;
  const path = join(folder, name);
  if (found.isDirectory()) return { name, path, kind: "folder", sizeBytes: null };
  const stats = await lookUp(path);
  if (stats?.isDirectory()) return { name, path, kind: "folder", sizeBytes: null };
  if (stats?.isFile() && IMAGE_NAME.test(name)) return { name, path, kind: "image", sizeBytes: stats.size };
  return null;
}

function compareEntries(a: Entry, b: Entry): number {
  if (a.kind !== b.kind) return a.kind === "folder" ? -1 : 1;
  return byName.compare(a.name, b.name);
}

/** As many as a person looks through; a folder of logs may hold a million. */
const MOST_ENTRIES = 1000;
/** So many are looked at side by side: a network drive answers each slowly. */
const LOOKS_AT_ONCE = 16;

async function list(path: string | null, signal: AbortSignal): Promise<Folder> {
  const folder = resolve(path ?? homeFolder(process.env));
  const found = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    throw unreadable(folder, thrown);
  });
  // What is named in another encoding than UTF-8 cannot be opened by the name that is read here.
  const visible = found.filter(({ name }) => !name.startsWith(".") && !isLossy(name));
  const wanted = visible.filter(mayBeShown).sort((a, b) => byName.compare(a.name, b.name));
  const inTurn = pLimit(LOOKS_AT_ONCE);
  const entries = await inTurn.map(wanted.slice(0, MOST_ENTRIES), (one) => {
    if (signal.aborted) throw cancelled("Reading the folder");
    return toEntry(folder, one);
  });
  const parent = dirname(folder);
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    entries: entries.filter((entry) => entry !== null).sort(compareEntries),
    leftOut: Math.max(0, wanted.length - MOST_ENTRIES),
  };
}

async function basis(path: string): Promise<ImageBasis | null> {
  try {
    const odd = oddKind(await stat(path, { bigint: true }));
    if (odd !== null) throw notAFile(path, odd);
    return await basisOf(await readImageFiles(path));
  } catch (thrown) {
    const isMissing = ["ENOENT", "ENOTDIR"].includes(errorCode(thrown));
    if (isMissing && !isLossy(path)) return null;
    throw thrown instanceof FloppyError ? thrown : unreadable(path, thrown);
  }
}

export function createFiles(): Files {
  return { list, basis };
}
