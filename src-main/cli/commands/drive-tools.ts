import { resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { driveLabel, type Pace, SAVED_SECRETS, savedImagePath } from "#contract/media.ts";
import { formatBytes, formatSeconds } from "#core/text/format.ts";
import { chooseDrive, namedDrive, requireDriveOptions } from "../choose-drive.ts";
import { type Context, withFloppy } from "../context.ts";
import { followTask } from "../follow-task.ts";

const speed = (bytesPerSecond: number) => `${formatBytes(bytesPerSecond)}/s`;
const paceWords = ({ median, slowest }: Pace) => `${speed(median)}, at its slowest ${speed(slowest)}`;

/** The quick test leaves what is on the drive; the full one erases it and so asks for the deliberate act. */
export async function testDrive(
  context: Context,
  name: string,
  { full = false, yes = false }: { full?: boolean; yes?: boolean },
): Promise<void> {
  const named = { drive: name, yes };
  if (full) requireDriveOptions(context, named);
  await withFloppy(context, async (floppy) => {
    const state = await floppy.handlers["drives.list"]({});
    const drive = full
      ? await chooseDrive(context, state, named)
      : await namedDrive(context, state.drives, name);
    const mode = full ? "full" : "quick";
    const { result } = await followTask(floppy, context, () =>
      floppy.handlers["drives.test"]({
        driveKey: drive.key,
        mode,
        eraseConfirmed: full ? drive.key : null,
      }),
    );
    if (result.kind !== "test") return;
    const { report } = result;
    const { pace } = report;
    const words = pace
      ? [
          `${drive.name} is sound: all of it was written and read back the same.`,
          `Writes ${paceWords(pace.write)}.`,
          `Reads ${paceWords(pace.read)}.`,
          "It is empty now. `floppy drives restore` makes it usable again.",
        ]
      : [
          `${drive.name} holds what it says, as far as a quick look tells; what is on it is as it was.`,
          "`floppy drives test --full` tries all of it, and erases it.",
        ];
    context.report.result({ drive, report }, words.join("\n"));
  });
}

/** Refused here, too: a call within the process passes no parser. */
function imagePath(file: string): string {
  const path = resolve(file);
  const issue = savedImagePath.safeParse(path).error?.issues[0];
  if (!issue) return path;
  throw new FloppyError(
    "INVALID_INPUT",
    `A drive is not saved as ${file}. ${issue.message}`,
    "Nothing was done. Name the image otherwise.",
  );
}

/** Throws what it was given, unless a person is there and says so. */
async function agreeToReplace(
  { terminal, json, signal }: Context,
  thrown: unknown,
  path: string,
): Promise<void> {
  const isTaken = thrown instanceof FloppyError && thrown.code === "FILE_EXISTS";
  if (!isTaken || !terminal.interactive || json) throw thrown;
  const answer = await terminal.ask(`${path} is there already.\nType "replace" to replace it: `, signal);
  if (answer.trim().toLowerCase() === "replace") return;
  throw new FloppyError(
    "CANCELLED",
    "That was not replace.",
    "The file was not touched. Choose another name.",
  );
}

export async function saveDrive(
  context: Context,
  name: string,
  file: string,
  { used = false, force = false }: { used?: boolean; force?: boolean },
): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const { drives } = await floppy.handlers["drives.list"]({});
    const drive = await namedDrive(context, drives, name);
    const part = used ? "used" : "all";
    const path = imagePath(file);
    const save = (replaceConfirmed: string | null) =>
      followTask(floppy, context, () =>
        floppy.handlers["drives.save"]({ driveKey: drive.key, path, part, replaceConfirmed }),
      );
    const { result } = await save(force ? path : null).catch(async (thrown: unknown) => {
      await agreeToReplace(context, thrown, path);
      return save(path);
    });
    if (result.kind !== "save") return;
    const { saved } = result;
    const facts = `${formatBytes(saved.sizeBytes)}, ${formatBytes(saved.fileBytes)} as a file`;
    context.report.result(
      { drive, saved },
      `${drive.name} is saved as ${saved.path}: ${facts}, in ${formatSeconds(saved.seconds)}.\nsha256 ${saved.sha256}\n${SAVED_SECRETS}`,
    );
  });
}

export async function restoreDrive(
  context: Context,
  name: string,
  { label, yes = false }: { label: string; yes?: boolean },
): Promise<void> {
  const parsed = driveLabel.safeParse(label.trim().toUpperCase());
  if (!parsed.success) {
    throw new FloppyError(
      "INVALID_INPUT",
      `“${label}” cannot be the label of a drive.`,
      "Nothing was written. Take up to eleven letters, digits, blanks, - and _.",
    );
  }
  const named = { drive: name, yes };
  requireDriveOptions(context, named);
  await withFloppy(context, async (floppy) => {
    const drive = await chooseDrive(context, await floppy.handlers["drives.list"]({}), named);
    const { result } = await followTask(floppy, context, () =>
      floppy.handlers["drives.restore"]({
        driveKey: drive.key,
        label: parsed.data,
        eraseConfirmed: drive.key,
      }),
    );
    if (result.kind !== "restore") return;
    const { restored } = result;
    context.report.result(
      { drive, restored },
      `${drive.name} is empty and usable again: ${restored.filesystem}, labelled ${restored.label}.`,
    );
  });
}
