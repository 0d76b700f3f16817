import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import type { PracticeJob } from "#contract/writer.ts";
import { type PracticeImage, practiceImage } from "./practice-image.ts";

/** A file that was changed since it was made has another date. */
const MADE_AT = new Date(Date.UTC(1980, 0, 1));

/** Makes the image, unless it is there as it was made; gives its path. Its name tells its bytes. */
export async function makePracticeImage({ medium, folder }: PracticeJob): Promise<string> {
  const image = practiceImage(medium);
  const path = join(folder, `practice-${medium}-${shortHash(image)}.img`);
  try {
    if (!(await isWhole(path, image))) await write(path, folder, image);
    return path;
  } catch (thrown) {
    throw unavailable(folder, thrown);
  }
}

function shortHash({ parts }: PracticeImage): string {
  const hash = createHash("sha256");
  for (const { offset, bytes } of parts) hash.update(`${offset} `).update(bytes);
  return hash.digest("hex").slice(0, 8);
}

async function isWhole(path: string, { sizeBytes }: PracticeImage): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && found.size === sizeBytes && found.mtimeMs === MADE_AT.getTime();
}

/** Beside its place, and renamed: nobody reads half of it. */
async function write(path: string, folder: string, { sizeBytes, parts }: PracticeImage): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const half = await mkdtemp(join(folder, "half-"));
  try {
    const made = join(half, "image");
    const file = await open(made, "wx", 0o600);
    try {
      await file.truncate(sizeBytes);
      for (const { offset, bytes } of parts) await file.write(bytes, 0, bytes.length, offset);
      await file.sync();
    } finally {
      await file.close();
    }
    await utimes(made, MADE_AT, MADE_AT);
    await rename(made, path);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

const reasons: Record<string, string> = {
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "it is read-only",
  ENOTDIR: "part of that path is a file",
  EISDIR: "a folder has the image’s name",
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is full",
};

function unavailable(folder: string, thrown: unknown): FloppyError {
  const { code = "", message } = thrown as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new FloppyError(
    isFull ? "DISK_FULL" : "PRACTICE_UNAVAILABLE",
    `The practice image cannot be made in ${folder}: ${reasons[code] ?? message}.`,
    isFull
      ? "Nothing was written to any drive. Free some space there, then try again."
      : "Nothing was written to any drive. Make that folder writable for you, or set FLOPPY_DATA to another one.",
    { folder, cause: message },
  );
}
