import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` says of a read-only disk that something
 * is not there, and in /proc it never ends.
 */
export function makeFolder(path: string, mode?: number): void {
  if (isMade(path, mode)) return;
  makeFolder(dirname(path), mode);
  mkdirSync(path, mode);
}

/** Whether it is there now; false where the folder above it is missing. */
function isMade(path: string, mode?: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(path) !== path && !isThere(dirname(path))) return false;
    if (code === "EEXIST" && statSync(path).isDirectory()) return true;
    throw thrown;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
