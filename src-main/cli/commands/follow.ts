import { FloppyError } from "#contract/errors.ts";
import { setIn } from "#contract/harmless.ts";
import { type LogLine, mayResume, mediumIsDone, type Run } from "#contract/runs.ts";
import type { Core } from "#core/floppy.ts";
import type { TargetOptions } from "../ask-target.ts";
import { type Context, withFloppy } from "../context.ts";
import { writeTextFile } from "../write-file.ts";
import { followToItsEnd, parsePhases } from "./provision.ts";

/** The device's run that is open; the newest where several are. */
async function openRun(floppy: Core, text: string): Promise<Run> {
  const { device, runs } = await floppy.handlers["devices.show"]({ serial: text });
  const { runs: open } = await floppy.handlers["drives.list"]({});
  const newest = runs.find(({ id }) => open.some((one) => one.id === id));
  const run = open.find(({ id }) => id === newest?.id);
  if (run && (run.status.state === "running" || (mayResume(run) && mediumIsDone(run)))) return run;
  throw new FloppyError(
    "RUN_UNKNOWN",
    `There is no run of ${device.serial} to follow.`,
    `Nothing was changed. Its stick is written first: floppy provision ${device.serial}`,
  );
}

/** Joins a run that is under way, or goes on with one that stopped behind its medium. */
export async function follow(
  context: Context,
  serial: string,
  options: TargetOptions & { phases?: string },
): Promise<void> {
  const phases = parsePhases(options.phases);
  await withFloppy(context, async (floppy) => {
    const run = await openRun(floppy, serial);
    const start = async () =>
      run.status.state === "running" ? run : floppy.handlers["runs.follow"]({ runId: run.id, phases });
    await followToItsEnd(floppy, context, start, options);
  });
}

function lineOf({ at, phase, level, text }: LogLine): string {
  return `${at} ${(phase ?? "").padEnd(9)} ${level === "info" ? "" : `${level}: `}${setIn(text)}`;
}

/** The log of the device's last run, to a file or to the output. */
export async function log(
  context: Context,
  serial: string,
  { output, force = false }: { output?: string; force?: boolean },
): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const { device, runs } = await floppy.handlers["devices.show"]({ serial });
    const [last] = runs;
    if (!last) {
      throw new FloppyError("RUN_UNKNOWN", `${device.serial} has no run yet.`, "There is nothing to show.");
    }
    const { log: lines } = await floppy.handlers["runs.show"]({ runId: last.id });
    const text = lines.map(lineOf).join("\n");
    if (output === undefined) return context.report.result({ run: last.id, log: lines }, text);
    await writeTextFile(output, `${text}\n`, { mode: 0o600, replace: force });
    context.report.result({ run: last.id, file: output }, `${lines.length} lines in ${output}`);
  });
}
