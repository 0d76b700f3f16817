import { closeSync, openSync } from "node:fs";
import { FloppyError } from "#contract/errors.ts";
import { systemReason } from "#contract/system-errors.ts";

// Result codes of SQLite's C interface; the low byte is the kind, the rest says more.
const kinds = {
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  memory: 7,
  readOnly: 8,
  input: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  noLargeFiles: 22,
  notADatabase: 26,
};

const damaged: number[] = [kinds.error, kinds.corrupt, kinds.notADatabase];
const closed: number[] = [kinds.permission, kinds.readOnly, kinds.cannotOpen];
/** What more is said of an input error: about locks, and the memory that all share who have the file open. */
const unlockable = [8, 9, 11, 14, 15, 18, 20, 21];
const GROWING_INDEX = 19;

const asItWas = "Floppy leaves the file as it is, and drives are not affected.";
const startFresh = "Move it aside to start with an empty inventory, or put a backup in its place.";
const elsewhere = "set FLOPPY_DATA to a folder on a disk of this computer";

function resultCode(thrown: unknown): number | null {
  const code = thrown instanceof Error && "errcode" in thrown ? thrown.errcode : null;
  return typeof code === "number" ? code : null;
}

/** Whether another process holds the database at the moment. */
export function isBusy(thrown: unknown): boolean {
  const kind = (resultCode(thrown) ?? 0) & 0xff;
  return kind === kinds.busy || kind === kinds.locked;
}

export function unreadable(file: string, why: string, next = startFresh): FloppyError {
  return new FloppyError(
    "INVENTORY_UNREADABLE",
    `The inventory ${file} cannot be used: ${why}`,
    `${asItWas} ${next}`,
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
  const [kind, more] = [code & 0xff, code >> 8];
  if (isBusy(thrown)) return locked(file);
  if (kind === kinds.full || (kind === kinds.input && more === GROWING_INDEX)) return diskFull(file);
  if (kind === kinds.protocol || (kind === kinds.input && unlockable.includes(more))) {
    const why = `what it lies on does not lock files, as some servers do not (${thrown.message}).`;
    return unreadable(file, why, `See to its locks, or ${elsewhere}.`);
  }
  if (kind === kinds.input || kind === kinds.noLargeFiles) {
    return unreadable(file, `${thrown.message}.`, `See to the disk on which it lies, or ${elsewhere}.`);
  }
  if (closed.includes(kind)) {
    const next = `Make it and its folder writable for you, or ${elsewhere}.`;
    return unreadable(file, `${whyClosed(file) ?? thrown.message}.`, next);
  }
  if (damaged.includes(kind)) return unreadable(file, `${thrown.message}.`);
  return kind === kinds.memory ? noMemory() : thrown;
}

/** SQLite keeps to itself why it could not open a file; asked once more, the system tells. */
function whyClosed(file: string): string | null {
  try {
    closeSync(openSync(file, "r+"));
    return null;
  } catch (thrown) {
    return systemReason(thrown);
  }
}

function noMemory(): FloppyError {
  return new FloppyError(
    "COMPUTER_FAILED",
    "This computer has no memory left for the inventory.",
    "What was saved before is safe. Close other programs, then try again.",
  );
}
