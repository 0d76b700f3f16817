import { accessSync, constants } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { systemReason } from "#contract/system-errors.ts";
import { isLossy } from "#contract/utf8.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { homeFolder } from "./home-folder.ts";

const elsewhere = "or set FLOPPY_DATA to another folder.";

/** $FLOPPY_DATA, else the XDG data folder. A relative $XDG_DATA_HOME is ignored, as its specification says. */
function locate(env: NodeJS.ProcessEnv): string {
  const { FLOPPY_DATA, XDG_DATA_HOME } = env;
  if (FLOPPY_DATA) return FLOPPY_DATA;
  if (XDG_DATA_HOME && isAbsolute(XDG_DATA_HOME)) return join(XDG_DATA_HOME, "floppy");
  return join(homeFolder(env), ".local", "share", "floppy");
}

/** Where Floppy keeps inventory and settings; made if it is not there, open to its owner alone. */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  const folder = locate(env);
  if (isLossy(resolve(folder))) throw notUtf8(folder);
  try {
    makeFolder(folder, 0o700);
  } catch (thrown) {
    throw new FloppyError(
      "FILE_UNREADABLE",
      `Floppy’s data folder ${folder} cannot be made: ${systemReason(thrown)}.`,
      `Nothing was written. Make it writable for you, ${elsewhere}`,
      { folder, reason: String(thrown) },
    );
  }
  refuseUnwritable(folder);
  return folder;
}

/** Else SQLite would say of the inventory only that it cannot be opened. */
function refuseUnwritable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw new FloppyError(
      "FILE_UNWRITABLE",
      `Floppy’s data folder ${folder} cannot be used: ${systemReason(thrown)}.`,
      `Nothing was written, and what is in it is as it was. Make it writable for you, ${elsewhere}`,
      { folder, reason: String(thrown) },
    );
  }
}

function notUtf8(folder: string): FloppyError {
  return new FloppyError(
    "FILE_UNREADABLE",
    `Floppy’s data folder ${folder} has a name that is not UTF-8.`,
    `Nothing was written. Rename it, ${elsewhere}`,
    { folder },
  );
}
