import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { FloppyError } from "#contract/errors.ts";
import { evaluateFile, storeFolder } from "./evaluate.ts";
import type { NixContext } from "./run-nix.ts";

/** A file of Floppy's own flake: its value, or that of its checked-in copy and why. */
export type OwnValue = { value: unknown; copied: string | null };

async function nixWorks(context: NixContext): Promise<boolean> {
  return storeFolder(context, {}).then(
    () => true,
    () => false,
  );
}

/**
 * Needs no lock, git or network. The copy says the same, so it is read where nix cannot be used; where nix can,
 * a file that does not evaluate was changed, and nothing else takes its place: that is thrown.
 */
export async function readOwnFile(context: NixContext, file: string, copy: string): Promise<OwnValue> {
  try {
    return { value: await evaluateFile(context, file), copied: null };
  } catch (error) {
    if (!(error instanceof FloppyError)) throw error;
    if (existsSync(file) && (await nixWorks(context))) throw error;
    return { value: JSON.parse(await readFile(copy, "utf8")), copied: error.message };
  }
}
