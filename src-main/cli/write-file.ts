import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { FloppyError } from "#contract/errors.ts";

export type WriteOptions = { mode: number; replace: boolean };

function taken(path: string): FloppyError {
  return new FloppyError(
    "FILE_EXISTS",
    `${path} is there already.`,
    "It was not touched. Move it away, or choose another name.",
    { path },
  );
}

const isTaken = (thrown: unknown) => thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST";

/** A text file with this mode, whatever was there; what is there is replaced only when asked, and then as a whole. */
export async function writeTextFile(
  path: string,
  text: string,
  { mode, replace }: WriteOptions,
): Promise<void> {
  const written = replace ? `${path}.${randomUUID()}.new` : path;
  try {
    await writeFile(written, text, { mode, flag: "wx" });
    if (replace) await rename(written, path);
  } catch (thrown) {
    if (replace) await rm(written, { force: true });
    throw isTaken(thrown) ? taken(path) : unwritable(path, thrown);
  }
}

function unwritable(path: string, thrown: unknown): FloppyError {
  return new FloppyError(
    "FILE_UNWRITABLE",
    `${path} cannot be written.`,
    "Nothing was changed. Choose a folder that is there and that you may write to.",
    { path, reason: String(thrown) },
  );
}
