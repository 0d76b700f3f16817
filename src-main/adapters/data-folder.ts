import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { FloppyError } from "#contract/errors.ts";

/** $FLOPPY_DATA, else the XDG data folder. A relative $XDG_DATA_HOME is ignored, as its specification says. */
function locate({ FLOPPY_DATA, XDG_DATA_HOME, HOME }: NodeJS.ProcessEnv): string {
  if (FLOPPY_DATA) return FLOPPY_DATA;
  if (XDG_DATA_HOME && isAbsolute(XDG_DATA_HOME)) return join(XDG_DATA_HOME, "floppy");
  return join(HOME || homeFolder(), ".local", "share", "floppy");
}

/** A user without an entry in the user database (a container) has no home. */
function homeFolder(): string {
  try {
    return homedir();
  } catch (thrown) {
    throw new FloppyError(
      "FILE_UNREADABLE",
      "This user has no home folder for Floppy’s data.",
      "Nothing was written. Set HOME, or set FLOPPY_DATA to a folder of yours.",
      { reason: String(thrown) },
    );
  }
}

/** Where Floppy keeps inventory and settings; made if it is not there, open to its owner alone. */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  const folder = locate(env);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new FloppyError(
      "FILE_UNREADABLE",
      `Floppy’s data folder ${folder} cannot be made.`,
      "Nothing was written. Make it writable for you, or set FLOPPY_DATA to another folder.",
      { folder, reason: String(thrown) },
    );
  }
  return folder;
}
