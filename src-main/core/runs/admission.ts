/** Who may start: the drive was confirmed and fits, and nobody else works on it or on the device. */
import { assessDrive, type Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Ports } from "../ports.ts";

export type Admission = ReturnType<typeof createAdmission>;

function deviceBusy(serial: string): FloppyError {
  return new FloppyError(
    "DEVICE_BUSY",
    `${serial} is being provisioned right now.`,
    "That run goes on untouched. Wait for it, or cancel it first.",
  );
}

function driveBusy(name: string): FloppyError {
  return new FloppyError(
    "DRIVE_BUSY",
    `${name} is being written by another run.`,
    "That run goes on untouched. Choose another drive, or wait for it.",
  );
}

export function driveGone(): FloppyError {
  return new FloppyError(
    "DRIVE_GONE",
    "The drive that was chosen is not plugged in any more.",
    "Nothing was written. Plug it in and choose it again.",
  );
}

/** Throws what `assessDrive` refuses; `imageBytes` is null while the image is not there yet. */
export function refuseUnfitDrive(drive: Drive, imageBytes: number | null): void {
  const verdict = assessDrive(drive, imageBytes);
  if (verdict.verdict !== "refused") return;
  throw new FloppyError(
    verdict.code,
    `${drive.name}: ${verdict.reason}`,
    "Nothing was written. Choose another drive.",
  );
}

export async function findDrive(drives: Ports["drives"], driveKey: string): Promise<Drive> {
  const drive = (await drives.list()).find((candidate) => candidate.key === driveKey);
  if (!drive) throw driveGone();
  return drive;
}

export function createAdmission({ drives, inventory }: Pick<Ports, "drives" | "inventory">) {
  const reserved = new Map<string, { serial: string; driveKey: string }>();

  async function confirmedDrive(driveKey: string, eraseConfirmed: string): Promise<Drive> {
    if (eraseConfirmed === driveKey) return findDrive(drives, driveKey);
    throw new FloppyError(
      "INVALID_INPUT",
      "Erasing this drive was not confirmed.",
      "Nothing was written. Confirm the very drive that is to be erased.",
    );
  }

  /** Another Floppy on this machine may be at work on the same device or drive. */
  async function refuseForeign(serial: string, drive: Drive): Promise<void> {
    for (const { run, owner } of await inventory.openRuns()) {
      if (owner !== "other" || run.status.state !== "running") continue;
      if (run.serial === serial) throw deviceBusy(serial);
      if (run.drive.key === drive.key) throw driveBusy(drive.name);
    }
  }

  function refuseBusyDrive(drive: Pick<Drive, "key" | "name">): void {
    const isTaken = [...reserved.values()].some(({ driveKey }) => driveKey === drive.key);
    if (isTaken) throw driveBusy(drive.name);
  }

  /** Takes device and drive for a run before anything is awaited. */
  function reserve(runId: string, serial: string, drive: Drive): void {
    if ([...reserved.values()].some((taken) => taken.serial === serial)) throw deviceBusy(serial);
    refuseBusyDrive(drive);
    reserved.set(runId, { serial, driveKey: drive.key });
  }

  const release = (runId: string) => reserved.delete(runId);

  return { confirmedDrive, refuseForeign, refuseBusyDrive, reserve, release };
}
