import { FloppyError } from "#contract/errors.ts";
import { systemReason } from "#contract/system-errors.ts";

const throwAway = "Do not trust it with anything: give it back or throw it away.";

const gigabytes = (bytes: number) =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;

export function fakeCapacity(
  path: string,
  sizeBytes: number,
  holdsBytes: number,
  state: string,
): FloppyError {
  return new FloppyError(
    "DRIVE_FAKE",
    `${path} says that it holds ${gigabytes(sizeBytes)}, but it holds ${gigabytes(holdsBytes)}: a false card or stick.`,
    `${state} What is written beyond is lost. ${throwAway}`,
    { path, sizeBytes, holdsBytes, firstBadOffset: holdsBytes },
  );
}

/** A worn card protects itself so: some report errors from then on, some stay silent. */
export function becameReadOnly(path: string, writtenBytes: number, state: string): FloppyError {
  const since = writtenBytes > 0 ? ` after ${gigabytes(writtenBytes)}` : "";
  return new FloppyError(
    "DRIVE_READ_ONLY",
    `${path} has become read-only${since}: it keeps nothing that is written to it any more.`,
    `${state} If a card has a lock on its side, slide it; else it is worn out. What is on it can still be read and saved.`,
    { path, writtenBytes },
  );
}

/** Without it the drive is not borrowed from: a power cut would cost what is on it. */
export function journalUnusable(folder: string, error: unknown): FloppyError {
  if (error instanceof FloppyError) return error;
  return new FloppyError(
    "FILE_UNWRITABLE",
    `The folder ${folder}, in which a test keeps what it borrows from a drive, cannot be used: ${systemReason(error)}.`,
    "The drive is as it was, and this says nothing of it. Make room there and see to it that you may write there, or set FLOPPY_DATA to another folder, then test again.",
    { folder },
  );
}

/** Blocks of 4096 bytes; `badOffset` is the first byte that differs. */
export type BadBlocks = { badOffset: number; badBlocks: number; checkedBlocks: number };

export function badBlocks(path: string, bad: BadBlocks, state: string): FloppyError {
  const { badOffset } = bad;
  const share = `${bad.badBlocks} of ${bad.checkedBlocks} blocks`;
  return new FloppyError(
    "DRIVE_VERIFY_FAILED",
    `${path} loses what is written to it: ${share} are bad, the first at byte ${badOffset} (${Math.floor(badOffset / 1024 ** 2)} MiB).`,
    `${state} Try once more with another reader or port; if it fails again, throw the drive away.`,
    { path, ...bad },
  );
}

export function slowsToACrawl(
  path: string,
  operation: "writes" | "reads",
  pace: { slowest: number; median: number },
): FloppyError {
  const [slowest, median] = [pace.slowest, pace.median].map((speed) => `${(speed / 1e6).toFixed(1)} MB/s`);
  return new FloppyError(
    "DRIVE_SLOW",
    `${path} slows to a crawl: in places it ${operation} only ${slowest}, where ${median} is its usual.`,
    "All of it was read back the same. Try another reader or port; if it stays slow, the drive is worn.",
    { path, operation, ...pace },
  );
}
