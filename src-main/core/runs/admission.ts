/** Who may start: the drive was confirmed and fits, and nobody else works on it or on the device. */
import { assessDrive, type Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import { mediumIsDone, type Run, type RunRequest } from "#contract/runs.ts";
import type { Ports } from "../ports/ports.ts";

export type Admission = ReturnType<typeof createAdmission>;

/** What a run that is under way keeps from all others; no drive once its medium is written. A task has no device. */
export type Claim = { serial: string | null; driveKey: string | null };

export function claimOf(run: Pick<Run, "serial" | "drive" | "phases">): Claim {
  return { serial: run.serial, driveKey: mediumIsDone(run) ? null : run.drive.key };
}

export function deviceBusy(serial: string): FloppyError {
  return new FloppyError(
    "DEVICE_BUSY",
    `${serial} is being provisioned right now.`,
    "That run goes on untouched. Wait for it, or cancel it first.",
  );
}

function driveBusy(name: string): FloppyError {
  return new FloppyError(
    "DRIVE_BUSY",
    `${name} is being worked on already.`,
    "That goes on untouched. Choose another drive, or wait for it.",
  );
}

/** Throws DEVICE_BUSY or DRIVE_BUSY where the run wants what others have claimed. */
export function refuseClaimed(run: Pick<Run, "serial" | "drive" | "phases">, claims: Claim[]): void {
  const { driveKey } = claimOf(run);
  if (claims.some((claim) => claim.serial === run.serial)) throw deviceBusy(run.serial);
  if (driveKey !== null && claims.some((claim) => claim.driveKey === driveKey))
    throw driveBusy(run.drive.name);
}

/** Throws what `assessDrive` refuses; `imageBytes` is null while the image is not there yet. */
export function refuseUnfitDrive(drive: Drive, imageBytes: number | null, forPractice = false): void {
  const verdict = assessDrive(drive, imageBytes, forPractice);
  if (verdict.verdict !== "refused") return;
  throw new FloppyError(
    verdict.code,
    `${drive.name}: ${verdict.reason}`,
    "Nothing was written. Choose another drive.",
  );
}

export async function findDrive(drives: Pick<Ports["drives"], "list">, driveKey: string): Promise<Drive> {
  const drive = (await drives.list()).find((candidate) => candidate.key === driveKey);
  if (drive) return drive;
  throw new FloppyError(
    "DRIVE_GONE",
    "The drive that was chosen is not plugged in any more.",
    "Nothing was written. Plug it in and choose it again.",
  );
}

export function createAdmission({ drives, inventory }: Pick<Ports, "drives" | "inventory">) {
  const reserved = new Map<string, Claim>();

  async function confirmedDrive(
    { driveKey, eraseConfirmed }: Pick<RunRequest, "driveKey" | "eraseConfirmed">,
    plugged: Pick<Ports["drives"], "list"> = drives,
  ): Promise<Drive> {
    if (eraseConfirmed === driveKey) return findDrive(plugged, driveKey);
    throw new FloppyError(
      "INVALID_INPUT",
      "Erasing this drive was not confirmed.",
      "Nothing was written. Confirm the very drive that is to be erased.",
    );
  }

  /** What other Floppies on this machine are at work on. */
  async function foreignClaims(): Promise<Claim[]> {
    const running = await inventory.runningRuns();
    return running.filter(({ owner }) => owner === "other").map(({ run }) => claimOf(run));
  }

  /** Throws DRIVE_BUSY where a run of this process, or of another Floppy on this machine, has the drive. */
  async function refuseBusyDrive({ key, name }: Pick<Drive, "key" | "name">): Promise<void> {
    const foreign = (await foreignClaims()).map(({ driveKey }) => driveKey);
    const own = [...reserved.values()].map(({ driveKey }) => driveKey);
    if ([...own, ...foreign].includes(key)) throw driveBusy(name);
  }

  /** Throws DEVICE_BUSY or DRIVE_BUSY where another Floppy on this machine works on what one of the runs wants. */
  async function refuseForeign(runs: Run[]): Promise<void> {
    const foreign = await foreignClaims();
    for (const run of runs) refuseClaimed(run, foreign);
  }

  /** Throws DEVICE_BUSY or DRIVE_BUSY where this process works on what one of the runs wants. */
  function refuseReserved(runs: Run[]): void {
    for (const run of runs) refuseClaimed(run, [...reserved.values()]);
  }

  /**
   * Takes devices and drives for runs before anything is awaited, for all of them or for none; other processes learn of
   * it when they are saved.
   */
  function reserve(runs: Run[]): void {
    refuseReserved(runs);
    for (const run of runs) reserved.set(run.id, claimOf(run));
  }

  /** Takes a drive for something that is no run; returns what lets go of it. */
  function holdDrive(id: string, { key, name }: Pick<Drive, "key" | "name">): () => void {
    if ([...reserved.values()].some(({ driveKey }) => driveKey === key)) throw driveBusy(name);
    reserved.set(id, { serial: null, driveKey: key });
    return () => release(id);
  }

  const release = (runId: string) => reserved.delete(runId);

  /** The medium is made: the drive may be pulled and another one written. */
  function releaseDrive(runId: string): void {
    const claim = reserved.get(runId);
    if (claim) reserved.set(runId, { ...claim, driveKey: null });
  }

  return {
    confirmedDrive,
    refuseBusyDrive,
    refuseForeign,
    refuseReserved,
    holdDrive,
    reserve,
    release,
    releaseDrive,
  };
}
