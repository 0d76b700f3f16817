import { FloppyError } from "#contract/errors.ts";
import { DriveTrouble } from "./trouble.ts";

export const untouched = "Nothing was written.";
const notBootable = "The drive does not start: its beginning is written last.";

export function driveBusy(path: string, holders: string[]): FloppyError {
  const by = holders.length > 0 ? ` by ${holders.join(", ")}` : "";
  return new FloppyError(
    "DRIVE_BUSY",
    `${path} is in use${by}.`,
    "Nothing was written. Close what uses the drive, then try again.",
    { path, holders },
  );
}

type Blocking = { source: string; target: string; filesystem: string; elsewhere?: boolean };

/** What is not of the drive, and would be unmounted in its place or with it. */
export function wayBlocked(path: string, inTheWay: Blocking[]): FloppyError {
  const words = inTheWay.map(
    ({ source, target, filesystem, elsewhere }) =>
      `${source} (${filesystem}) at ${target}${elsewhere ? ", which only another namespace has mounted" : ""}`,
  );
  return new FloppyError(
    "DRIVE_BUSY",
    `${path} cannot be unmounted: in the way is ${words.join(", and ")}.`,
    "Nothing was written, and that was not touched. Unmount it yourself if it may go, then try again.",
    { path, inTheWay: words },
  );
}

/** `said` is umount's own word. */
export function unmountRefused(what: string, said: string): FloppyError {
  const denied = /superuser|not permitted|denied|only root/i.test(said);
  return new FloppyError(
    denied ? "WRITER_DENIED" : "DRIVE_BUSY",
    `${what} could not be unmounted: ${said.replace(/^umount: /, "")}`,
    "Nothing was written. Unmount it yourself, then try again.",
    { said },
  );
}

export function driveTakenByWriter(path: string): FloppyError {
  return new FloppyError(
    "DRIVE_BUSY",
    `Another program is writing to ${path}.`,
    "Nothing was written by this one. Wait until the other one is done.",
    { path },
  );
}

export function driveReplaced(path: string): FloppyError {
  return new FloppyError(
    "DRIVE_REPLACED",
    `${path} was exchanged for another drive just now.`,
    "Nothing was written. Look at what is plugged in and choose the drive again.",
    { path },
  );
}

/** `state` is what became of the medium that was chosen. */
function mediumExchanged(path: string, state: string): FloppyError {
  return new FloppyError(
    "DRIVE_REPLACED",
    `Before ${path} was done, another card was put in.`,
    `Nothing was written to the one that is in it now. ${state} Put the chosen one in again and start over.`,
    { path },
  );
}

/** How much was read back, and how much of it lies in stretches that are not what was written. */
export type BadCounts = { badBytes: number; checkedBytes: number };

export function verifyFailed(path: string, badOffset: number | null, counts?: BadCounts): FloppyError {
  const where = badOffset === null ? "" : `, first at ${mebibytes(badOffset)} MiB`;
  const share = counts
    ? `: ${mebibytes(counts.badBytes)} of ${mebibytes(counts.checkedBytes)} MiB differ`
    : "";
  return new FloppyError(
    "DRIVE_VERIFY_FAILED",
    `${path} does not hold what was written to it${where}${share}.`,
    `${notBootable} Try once more with another reader or port; if it fails again, throw the drive away.`,
    { path, badOffset, ...counts },
  );
}

const mebibytes = (bytes: number) => Math.floor(bytes / 1024 ** 2);

const reasons: Record<string, string> = {
  EIO: "the drive reports an error",
  EUNPLUGGED: "the drive reports an error again and again",
  EREMOTEIO: "the drive reports an error",
  ETIMEDOUT: "the drive does not answer",
  EUNTOLD: "the drive reports an error, and this Linux does not tell whether its card is still the same",
  ENOSPC: "the drive has less room than it says",
};

/** A drive's own trouble in words; `state` says what became of the drive. Other errors are returned as they are. */
export function driveError(error: unknown, path: string, state = notBootable): unknown {
  if (!(error instanceof DriveTrouble)) return error;
  const details = { path, cause: error.message };
  switch (error.code) {
    case "EMEDIUMCHANGED":
      return mediumExchanged(path, state);
    case "ENOMEDIUM":
      return new FloppyError(
        "DRIVE_GONE",
        `The card was taken out of ${path}.`,
        `${state} Put it in again and start over.`,
        details,
      );
    case "ENODEV":
    case "ENXIO":
    case "ENOENT":
      return new FloppyError(
        "DRIVE_GONE",
        `${path} was unplugged.`,
        `${state} Plug it in again and start over.`,
        details,
      );
    case "EROFS":
      return new FloppyError(
        "DRIVE_READ_ONLY",
        `${path} is read-only.`,
        "Slide the lock on the card’s side, or take another drive.",
        details,
      );
    case "EACCES":
    case "EPERM":
      return new FloppyError(
        "WRITER_DENIED",
        `The writer may not write to ${path}.`,
        "Nothing was written. Let Floppy ask for the right, or ask the one who keeps this computer.",
        details,
      );
  }
  const reason = reasons[error.code] ?? error.message;
  return new FloppyError(
    "DRIVE_IO",
    `${path} could not be written or read: ${reason}.`,
    `${state} Try another reader or port; if it fails again, throw the drive away.`,
    details,
  );
}
