import { basename } from "node:path";
import type { NamedPlace } from "#adapters/drives/named-places.ts";
import { runOnDrive, takenWords } from "#contract/claims.ts";
import { assessDrive, type Drive } from "#contract/drives.ts";
import { erasureWord, erasureWordPlace, isErasureWord } from "#contract/erasure-word.ts";
import { FloppyError } from "#contract/errors.ts";
import { oneLine } from "#contract/harmless.ts";
import type { Run } from "#contract/runs.ts";
import { formatBytes, formatMediumSize } from "#core/text/format.ts";
import type { Context } from "./context.ts";
import { table } from "./table.ts";

export type DriveOptions = { drive?: string | undefined; yes?: boolean };

const NOTHING_WRITTEN = "Nothing was written.";

/** What is plugged in, and the runs that have some of it. */
export type Bench = { drives: Drive[]; runs: Run[] };

export function driveTable({ drives, runs }: Bench): string {
  const rows = drives.map((drive, index) => {
    const verdict = assessDrive(drive, null);
    const { path, sizeBytes, serial } = drive.identity;
    const run = runOnDrive(runs, drive.key);
    const reason = verdict.verdict === "ok" ? "" : verdict.reason;
    const remark = run ? takenWords(run) : reason;
    return [`${index + 1}`, path, formatMediumSize(sizeBytes), drive.name, serial ?? "–", remark];
  });
  return table(["#", "Drive", "Size", "Name", "Serial", ""], rows);
}

function names(drive: Drive): (string | null)[] {
  const { path, byId, serial } = drive.identity;
  return [drive.key, path, byId, byId && basename(byId), serial];
}

/** The one drive that goes by this name: its path, by-id link, serial or key, or what it leads to on this computer. */
export function findDrive(drives: Drive[], name: string, places: NamedPlace[] = []): Drive {
  const paths = places.map(({ path }) => path);
  const [found, other] = drives.filter(
    (drive) => names(drive).includes(name) || paths.includes(drive.identity.path),
  );
  if (found && !other) return found;
  if (!found) {
    const disk = places.find(({ partitionOf }) => partitionOf !== null)?.partitionOf;
    if (disk) {
      throw new FloppyError(
        "INVALID_INPUT",
        `${name} is a partition of ${disk}.`,
        `${NOTHING_WRITTEN} Name the whole drive, as \`floppy drives\` shows it.`,
      );
    }
    throw new FloppyError(
      "DRIVE_GONE",
      `Floppy offers no drive ${name}.`,
      `${NOTHING_WRITTEN} \`floppy drives\` lists what is plugged in; a drive that holds this system is never offered.`,
    );
  }
  throw new FloppyError(
    "INVALID_INPUT",
    `More than one drive goes by ${name}.`,
    `${NOTHING_WRITTEN} Name it by its path, as \`floppy drives\` shows it.`,
  );
}

export async function namedDrive({ places }: Context, drives: Drive[], name: string): Promise<Drive> {
  return findDrive(drives, name, await places(name));
}

/** What a drive calls itself makes no lines of its own in it: this is what a person agrees to. */
export function describeLoss(drive: Drive): string {
  const { path, sizeBytes, serial } = drive.identity;
  const facts = [formatMediumSize(sizeBytes), path, serial ? `serial ${serial}` : "no serial"];
  const volumes = drive.volumes.map(
    ({ label, filesystem, sizeBytes: bytes }) =>
      `  - ${oneLine([label ?? "(no label)", filesystem ?? "", formatBytes(bytes)].filter(Boolean).join(" "))}`,
  );
  return [
    `Everything on ${oneLine(`${drive.name} (${facts.join(", ")})`)} will be erased${volumes.length > 0 ? ":" : "."}`,
    ...volumes,
  ].join("\n");
}

async function askForDrive({ terminal, signal }: Context, bench: Bench): Promise<Drive> {
  const { drives } = bench;
  if (drives.length === 0) {
    throw new FloppyError(
      "DRIVE_GONE",
      "No drive is plugged in.",
      `${NOTHING_WRITTEN} Plug one in and try again.`,
    );
  }
  const answer = await terminal.ask(`${driveTable(bench)}\n\nWhich drive? Its number: `, signal);
  const chosen = /^\s*\d+\s*$/.test(answer) ? drives[Number(answer) - 1] : undefined;
  if (chosen) return chosen;
  throw new FloppyError(
    "CANCELLED",
    "No drive was chosen.",
    `${NOTHING_WRITTEN} Start again whenever you like.`,
  );
}

/** The word that tells this drive from all others in sight, so that it has to be looked at. */
export async function askToErase(
  { terminal, signal }: Context,
  drive: Drive,
  { drives }: Pick<Bench, "drives">,
): Promise<void> {
  const wanted = erasureWord(drive, drives);
  const what = `${wanted.word}, ${erasureWordPlace(wanted)},`;
  const answer = await terminal.ask(`${describeLoss(drive)}\nType ${what} to go on: `, signal);
  if (isErasureWord(wanted, answer)) return;
  throw new FloppyError(
    "CANCELLED",
    `That was not ${wanted.word}.`,
    `${NOTHING_WRITTEN} Start again whenever you like.`,
  );
}

export function refuseUnsuited(drive: Drive, runs: Run[]): void {
  const run = runOnDrive(runs, drive.key);
  if (run) {
    throw new FloppyError(
      "DRIVE_BUSY",
      `${drive.name} is taken: it is being written for ${run.serial}.`,
      `${NOTHING_WRITTEN} That run goes on untouched. Choose another drive, or wait for it.`,
    );
  }
  const verdict = assessDrive(drive, null);
  if (verdict.verdict !== "refused") return;
  throw new FloppyError(
    verdict.code,
    `${drive.name}: ${verdict.reason}`,
    `${NOTHING_WRITTEN} Choose another drive.`,
  );
}

/** Before anything is opened: without a person to ask, the drive and the yes must be on the command line. */
export function requireDriveOptions({ terminal, json }: Context, options: DriveOptions): void {
  if (terminal.interactive && !json) return;
  if (options.drive !== undefined && options.yes) return;
  throw new FloppyError(
    "INVALID_INPUT",
    "Nobody is there to ask which drive may be erased.",
    `${NOTHING_WRITTEN} Name it with --drive and agree with --yes.`,
  );
}

/** The drive to erase, named and agreed to; `--yes` counts only for a drive named on the command line. */
export async function chooseDrive(context: Context, bench: Bench, options: DriveOptions): Promise<Drive> {
  requireDriveOptions(context, options);
  const named = options.drive !== undefined;
  const drive = named
    ? await namedDrive(context, bench.drives, options.drive ?? "")
    : await askForDrive(context, bench);
  refuseUnsuited(drive, bench.runs);
  if (!(named && options.yes)) await askToErase(context, drive, bench);
  else context.report.note(describeLoss(drive));
  return drive;
}
