import { closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { DriveTrouble } from "./trouble.ts";

/** How often it is looked while nothing is read or written. */
const LOOK_MS = 500;
const SYSFS_SECTOR_BYTES = 512;
/** A counter of the kernel has fewer digits. */
const COUNTER_BYTES = 32;

/**
 * Watches whether the medium that was claimed is still the one in its drive. A handle survives the exchange of a card
 * in its reader, and what is written through it then goes to the other card; the kernel's count of media tells.
 */
export type MediumWatch = {
  /** Throws where another medium is in the drive by now, or none. Costs next to nothing. */
  require(): void;
  /** As `require`, after the kernel was made to ask the drive. Nothing else may be on its way to it meanwhile. */
  ask(): Promise<void>;
  /** Rejects as soon as the medium is known to be gone, whoever finds out; never resolves. */
  lost: Promise<never>;
  end(): void;
};

/** What the watch throws; `driveError` says it in words. */
export type MediumTrouble = "EMEDIUMCHANGED" | "ENOMEDIUM" | "ENODEV" | "EUNTOLD";

export type WatchedMedium = {
  handle: Pick<FileHandle, "fd">;
  /** The drive's folder in sysfs. */
  folder: string;
  sizeBytes: number;
  /** The kernel's number of this medium; null before Linux 5.15, which has none. */
  diskSequence: number | null;
};

/** `reopen` makes the kernel ask the drive for its medium; it resolves to whether the kernel was asked. */
export function watchMedium(
  { handle, folder, sizeBytes, diskSequence }: WatchedMedium,
  reopen: () => Promise<boolean> = () => openAnew(handle.fd),
): MediumWatch {
  const counter = diskSequence === null ? null : openSync(join(folder, "diskseq"), constants.O_RDONLY);
  const lost = Promise.withResolvers<never>();
  // Who works on the drive hears of it there as well.
  lost.promise.catch(() => undefined);
  let trouble: Error | null = null;
  let ended = false;

  function lose(code: MediumTrouble): never {
    trouble ??= mediumTrouble(code);
    lost.reject(trouble);
    throw trouble;
  }

  function requireSequence(): void {
    if (trouble) throw trouble;
    if (counter === null || ended) return;
    const now = readCounter(counter);
    if (now === null) lose("ENODEV");
    if (now !== diskSequence) lose(readSize(folder) === 0 ? "ENOMEDIUM" : "EMEDIUMCHANGED");
  }

  function requireSize(): void {
    const now = readSize(folder);
    if (now === null) lose("ENODEV");
    if (now !== sizeBytes) lose(now === 0 ? "ENOMEDIUM" : "EMEDIUMCHANGED");
  }

  function look(): void {
    requireSequence();
    requireSize();
  }

  const timer = setInterval(() => {
    try {
      look();
    } catch {
      clearInterval(timer);
    }
  }, LOOK_MS);

  return {
    require: requireSequence,
    async ask() {
      const asked = await reopen();
      look();
      // After an error it may be another medium, and nobody can tell: that is no reason to go on.
      if (!asked || counter === null) lose("EUNTOLD");
    },
    lost: lost.promise,
    end() {
      ended = true;
      clearInterval(timer);
      if (counter !== null) closeSync(counter);
    },
  };
}

/** For a file, which nobody takes out of its drive. */
export const noWatch: MediumWatch = {
  require: () => undefined,
  ask: async () => undefined,
  lost: new Promise(() => undefined),
  end: () => undefined,
};

function mediumTrouble(code: MediumTrouble): DriveTrouble {
  return new DriveTrouble(code, "the medium is not the one that was chosen any more");
}

/** Every opening makes the kernel ask a removable drive. By the handle: its path may name another drive by now. */
export async function openAnew(fd: number): Promise<boolean> {
  try {
    const again = await open(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    await again.close();
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    return code !== "EACCES" && code !== "EPERM";
  }
}

/** Read anew through a file that stays open: a few microseconds. Null once the drive is gone. */
function readCounter(file: number): number | null {
  const text = Buffer.alloc(COUNTER_BYTES);
  try {
    return Number(text.toString("latin1", 0, readSync(file, text, 0, COUNTER_BYTES, 0)));
  } catch {
    return null;
  }
}

function readSize(folder: string): number | null {
  try {
    return Number(readFileSync(join(folder, "size"), "latin1")) * SYSFS_SECTOR_BYTES;
  } catch {
    return null;
  }
}
