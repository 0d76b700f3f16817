import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { boundedLines, FOREIGN_LINE_LIMIT } from "#core/text/bounded-lines.ts";
import { makeFolder } from "#linux/make-folder.ts";
import type { BorrowedBlock, Safe } from "./borrow.ts";
import { journalUnusable } from "./errors.ts";
import { createMarks } from "./marks.ts";
import { isMediumError, type Medium } from "./medium.ts";
import { PROBE_BYTES } from "./places.ts";

const line = z.object({ seed: z.string(), place: z.number().int().nonnegative(), original: z.base64() });
type Line = z.output<typeof line>;

const SUFFIX = ".blocks";

/** A file on this machine that holds what a test has borrowed, until it is back. */
export type Journal = Safe & {
  /** Whether something is in it that is not back yet. */
  holds(): boolean;
};

export function createJournal(folder: string): Journal {
  const path = join(folder, `${randomUUID()}${SUFFIX}`);
  let holds = false;
  return {
    async keep(seed, blocks) {
      await inFolder(folder, () => append(folder, path, seed, blocks));
      holds = true;
    },
    async empty() {
      await inFolder(folder, () => rm(path, { force: true }));
      holds = false;
    },
    holds: () => holds,
  };
}

/** What fails there is this computer's fault, and says nothing of the drive. */
async function inFolder<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  return act().catch((error: unknown) => {
    throw journalUnusable(folder, error);
  });
}

async function append(folder: string, path: string, seed: string, blocks: BorrowedBlock[]): Promise<void> {
  makeFolder(folder, 0o700);
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
 * Puts back what tests that died have left marked on this very medium; returns how many blocks. The marks alone tell
 * whose journal it is: readers and cheap sticks share their serials. A block that was written since keeps what it has,
 * and a journal stays until its marks were found and all of them are gone.
 */
export async function recoverBlocks(folder: string, medium: Medium): Promise<number> {
  let recovered = 0;
  for (const path of await journalsIn(folder)) {
    const blocks = await inFolder(folder, () => readJournal(path));
    const { found, stuck } = await putBack(blocks, medium);
    recovered += found;
    if (found > 0 && stuck === 0) await inFolder(folder, () => rm(path, { force: true }));
  }
  return recovered;
}

async function journalsIn(folder: string): Promise<string[]> {
  const names = await inFolder(folder, () => readdir(folder).catch(unlessMissing));
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(folder, name));
}

function unlessMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

/** Its last line may be cut off: then the block was not marked yet. One that is damaged loses none of the others. */
async function readJournal(path: string): Promise<Line[]> {
  const lines: Line[] = [];
  const whole = boundedLines(createReadStream(path), {
    limit: FOREIGN_LINE_LIMIT,
    onTooLong: () => undefined,
  });
  for await (const one of whole) lines.push(...[parseLine(one)].filter((found) => found !== null));
  return lines;
}

function parseLine(text: string): Line | null {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Last borrowed, first given back, as the test itself would have done it. */
async function putBack(blocks: Line[], medium: Medium): Promise<{ found: number; stuck: number }> {
  const count = { found: 0, stuck: 0 };
  for (const { seed, place, original } of blocks.toReversed()) {
    if (place + PROBE_BYTES > medium.sizeBytes) continue;
    try {
      const block = medium.buffer(PROBE_BYTES);
      await medium.read(block, place);
      if (!createMarks(medium, seed).at(place).equals(block)) continue;
      Buffer.from(original, "base64").copy(block);
      await medium.write(block, place);
      count.found += 1;
    } catch (error) {
      if (!isMediumError(error)) throw error;
      count.stuck += 1;
    }
  }
  if (count.found > 0) await medium.sync();
  return count;
}
