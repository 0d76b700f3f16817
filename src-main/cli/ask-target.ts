/** What a run of a stick asks a person while it goes: where the machine is, and which of its disks it may erase. */
import { erasureWord, erasureWordPlace, isErasureWord } from "#contract/erasure-word.ts";
import { FloppyError } from "#contract/errors.ts";
import { oneLine } from "#contract/harmless.ts";
import { installationOf, type Run } from "#contract/runs.ts";
import type { BuildPlace, InstallPlan, TargetDisk } from "#contract/targets.ts";
import type { Core } from "#core/floppy.ts";
import { formatBytes, formatMediumSize } from "#core/text/format.ts";
import type { Context } from "./context.ts";
import { table } from "./table.ts";

export type TargetOptions = {
  address?: string;
  disk?: string;
  build?: BuildPlace;
  yes?: boolean;
  plan?: boolean;
};

const NOTHING_WRITTEN = "Nothing was written to the machine.";

export function bootWords({ serial, host }: Run): string {
  const key = host === "dell" ? "F12" : "F12, F9, F8 or Esc";
  return [
    `Put the stick into the machine that becomes ${serial}, connect its network cable, switch it on and press ${key}`,
    "for its boot menu. Its screen then shows an address. Floppy looks for it by itself; where it does not find it,",
    "start again with --address.",
  ].join("\n");
}

function names({ key, identity }: TargetDisk): (string | null)[] {
  return [key, identity.path, identity.byId, identity.serial];
}

function diskTable(disks: TargetDisk[]): string {
  const rows = disks.map(({ name, identity, refusal }, index) => [
    `${index + 1}`,
    identity.path,
    formatMediumSize(identity.sizeBytes),
    name,
    identity.serial ?? "–",
    refusal ?? "",
  ]);
  return table(["#", "Disk", "Size", "Name", "Serial", ""], rows);
}

export function describePlan({ disk, commands, buildPlace }: InstallPlan): string {
  const serial = disk.identity.serial ? `serial ${disk.identity.serial}` : "no serial";
  const lost = disk.volumes.map(
    ({ label, filesystem, sizeBytes }) =>
      `  - ${oneLine([label ?? "(no label)", filesystem ?? "", formatBytes(sizeBytes)].filter(Boolean).join(" "))}`,
  );
  const steps = commands.map(
    ({ phase, purpose, command }) => `# ${phase}: ${purpose}\n${command.replaceAll(/^/gm, "  ")}`,
  );
  return [
    `Everything on ${oneLine(`${disk.name} (${formatMediumSize(disk.identity.sizeBytes)}, ${disk.identity.path}, ${serial})`)} will be erased${lost.length > 0 ? ":" : "."}`,
    ...lost,
    buildPlace === "here"
      ? "The system is built here before the disk is erased, and pushed."
      : "The machine builds its system by itself; it needs internet.",
    "",
    ...steps,
  ].join("\n");
}

function findDisk(disks: TargetDisk[], name: string): TargetDisk {
  const found = disks.filter((disk) => names(disk).includes(name));
  const [disk] = found;
  if (disk && found.length === 1) return disk;
  throw new FloppyError(
    "INVALID_INPUT",
    disk ? `More than one disk goes by ${name}.` : `The machine has no disk ${name}.`,
    `${NOTHING_WRITTEN} It has: ${disks.map(({ identity, name: called }) => `${identity.path} ${called} ${identity.serial ?? ""}`).join("; ")}.`,
  );
}

async function askForDisk({ terminal, signal }: Context, disks: TargetDisk[]): Promise<TargetDisk> {
  const answer = await terminal.ask(
    `${diskTable(disks)}\n\nWhich disk becomes the system? Its number: `,
    signal,
  );
  const chosen = /^\s*\d+\s*$/.test(answer) ? disks[Number(answer) - 1] : undefined;
  if (chosen) return chosen;
  throw new FloppyError("CANCELLED", "No disk was chosen.", `${NOTHING_WRITTEN} Go on with: floppy follow.`);
}

async function askToErase(
  { terminal, signal }: Context,
  { disk }: InstallPlan,
  disks: TargetDisk[],
): Promise<void> {
  const wanted = erasureWord(disk, disks);
  const what = `${wanted.word}, ${erasureWordPlace(wanted)},`;
  const answer = await terminal.ask(`Type ${what} to erase it and install: `, signal);
  if (isErasureWord(wanted, answer)) return;
  throw new FloppyError(
    "CANCELLED",
    `That was not ${wanted.word}.`,
    `${NOTHING_WRITTEN} Go on with: floppy follow.`,
  );
}

async function chooseDisk(context: Context, floppy: Core, run: Run, options: TargetOptions): Promise<void> {
  const disks = installationOf(run)?.facts?.disks ?? [];
  const disk = options.disk === undefined ? await askForDisk(context, disks) : findDisk(disks, options.disk);
  const choice = { runId: run.id, diskKey: disk.key, buildPlace: options.build ?? ("here" as const) };
  const plan = await floppy.handlers["runs.plan"](choice);
  context.report.note(describePlan(plan));
  if (options.plan) {
    context.report.result({ plan }, `${NOTHING_WRITTEN} This was the plan.`);
    await floppy.handlers["runs.cancel"]({ runId: run.id });
    return;
  }
  if (!(options.disk !== undefined && options.yes)) await askToErase(context, plan, disks);
  await floppy.handlers["runs.chooseDisk"]({ ...choice, eraseConfirmed: disk.key });
}

/** Answers a run's questions, each once; a failure is told to `fail`. */
export function createAnswerer(
  context: Context,
  floppy: Core,
  options: TargetOptions,
  fail: (thrown: unknown) => void,
): (run: Run) => void {
  let asked: string | null = null;
  return (run) => {
    if (run.status.state !== "running") return;
    const phase = run.phases.find(({ name }) => run.status.state === "running" && name === run.status.phase);
    if (phase?.status.state !== "running" || phase.status.progress?.kind !== "question") return;
    const { question } = phase.status.progress;
    const mark = `${question} ${phase.status.startedAt}`;
    if (mark === asked) return;
    asked = mark;
    if (question === "disk") chooseDisk(context, floppy, run, options).catch(fail);
    else if (options.address !== undefined)
      floppy.handlers["runs.aim"]({ runId: run.id, address: options.address }).catch(fail);
    else context.report.note(bootWords(run));
  };
}
