import { FloppyError } from "#contract/errors.ts";

// Result codes of SQLite's C interface; the low byte is the kind, the rest says more.
const FULL = 13;
const IO_ERROR = 10;
const IO_ERROR_GROWING_INDEX = 4874;
const BUSY = 5;
const LOCKED = 6;
const UNREADABLE = new Set([
  3 /* PERM */, 8 /* READONLY */, 11 /* CORRUPT */, 14 /* CANTOPEN */, 26 /* NOTADB */,
]);

function resultCode(thrown: unknown): number | null {
  const code = thrown instanceof Error && "errcode" in thrown ? thrown.errcode : null;
  return typeof code === "number" ? code : null;
}

/** Whether another process holds the database at the moment. */
export function isBusy(thrown: unknown): boolean {
  const code = resultCode(thrown);
  return code !== null && ((code & 0xff) === BUSY || (code & 0xff) === LOCKED);
}

export function unreadable(file: string, why: string): FloppyError {
  return new FloppyError(
    "INVENTORY_UNREADABLE",
    `The inventory ${file} cannot be used: ${why}`,
    "Floppy leaves the file as it is, and drives are not affected. Move it aside to start with an empty inventory, or put a backup in its place.",
    { file },
  );
}

function diskFull(file: string): FloppyError {
  return new FloppyError(
    "DISK_FULL",
    "The inventory cannot be saved: the disk is full.",
    `What was saved before is safe. Free some space where ${file} lies, then try again.`,
    { file },
  );
}

function locked(file: string): FloppyError {
  return new FloppyError(
    "INVENTORY_LOCKED",
    "Another program keeps the inventory locked.",
    "Nothing was saved or lost. Close the other Floppy or database tool that has it open, then try again.",
    { file },
  );
}

/** What SQLite reports, as an error that says what is safe; anything else stays as it is. */
export function toInventoryError(thrown: unknown, file: string): unknown {
  const code = resultCode(thrown);
  if (code === null || !(thrown instanceof Error)) return thrown;
  const kind = code & 0xff;
  if (isBusy(thrown)) return locked(file);
  if (kind === FULL || code === IO_ERROR_GROWING_INDEX) return diskFull(file);
  if (kind === IO_ERROR || UNREADABLE.has(kind)) return unreadable(file, `${thrown.message}.`);
  return thrown;
}
