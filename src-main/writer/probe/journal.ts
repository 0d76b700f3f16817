import { createHash, randomUUID } from "node:crypto";
import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { DriveIdentity } from "#contract/drives.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { asAskingUser } from "../asking-user.ts";
import type { BorrowedBlock, Safe } from "./borrow.ts";
import { journalUnusable } from "./errors.ts";
import { createMarks } from "./marks.ts";
import type { Medium } from "./medium.ts";
import { PROBE_BYTES } from "./places.ts";

const line = z.object({ seed: z.string(), place: z.number().int().nonnegative(), original: z.base64() });

/** A drive is known again at another port, and after it was plugged in anew. */
function prefixOf({ byId, serial, wwn, model, sizeBytes }: DriveIdentity): string {
  const name = JSON.stringify([byId, serial, wwn, model, sizeBytes]);
  return `${createHash("sha256").update(name).digest("hex").slice(0, 16)}-`;
}

/** A file on this machine that holds what a test has borrowed, until it is back. */
export function createJournal(folder: string, drive: DriveIdentity): Safe {
  const path = join(folder, `${prefixOf(drive)}${randomUUID()}.blocks`);
  return {
    keep: (seed, blocks) => inFolder(folder, () => append(folder, path, seed, blocks)),
    empty: () => inFolder(folder, () => rm(path, { force: true })),
  };
}

/** What fails there is this computer's fault, and says nothing of the drive. */
async function inFolder<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  return asAskingUser(act).catch((error: unknown) => {
    throw journalUnusable(folder, error);
  });
}

async function append(folder: string, path: string, seed: string, blocks: BorrowedBlock[]): Promise<void> {
  makeFolder(folder);
  const lines = blocks.map(({ place, original }) =>
    JSON.stringify({ seed, place, original: original.toString("base64") }),
  );
  const file = await open(path, "a", 0o600);
  try {
    // All of it, or an error: a disk that fills up takes a part of a single write without a word.
    await file.appendFile(`${lines.join("\n")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  const entry = await open(folder, "r");
  await entry.sync().finally(() => entry.close());
}

/**
 * Puts back what a test that died has left marked; returns how many blocks. A block that was written since keeps what
 * it has: only the very mark that was left there is replaced.
 */
export async function recoverBlocks(folder: string, drive: DriveIdentity, medium: Medium): Promise<number> {
  let recovered = 0;
  for (const path of await journalsOf(folder, drive)) {
    const blocks = await inFolder(folder, () => readJournal(path));
    const found = await putBack(blocks, medium);
    recovered += found;
    // Two drives without a serial may be alike: then the marks are on the other one.
    if (found > 0 || drive.serial !== null) await inFolder(folder, () => rm(path, { force: true }));
  }
  return recovered;
}

async function journalsOf(folder: string, drive: DriveIdentity): Promise<string[]> {
  const names = await inFolder(folder, () => readdir(folder).catch(unlessMissing));
  return names.filter((name) => name.startsWith(prefixOf(drive))).map((name) => join(folder, name));
}

function unlessMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

/** Its last line may be cut off: then the block was not marked yet. One that is damaged loses none of the others. */
async function readJournal(path: string): Promise<z.output<typeof line>[]> {
  const lines = (await readFile(path, "utf8")).split("\n").slice(0, -1);
  return lines.flatMap((text) => {
    try {
      return [line.parse(JSON.parse(text))];
    } catch {
      return [];
    }
  });
}

/** Last borrowed, first given back, as the test itself would have done it. */
async function putBack(blocks: z.output<typeof line>[], medium: Medium): Promise<number> {
  let count = 0;
  for (const { seed, place, original } of blocks.toReversed()) {
    const block = medium.buffer(PROBE_BYTES);
    await medium.read(block, place);
    if (!createMarks(medium, seed).at(place).equals(block)) continue;
    Buffer.from(original, "base64").copy(block);
    await medium.write(block, place);
    count += 1;
  }
  if (count > 0) await medium.sync();
  return count;
}
