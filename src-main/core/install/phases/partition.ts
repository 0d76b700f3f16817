import { FloppyError } from "#contract/errors.ts";
import type { InstallPlan } from "#contract/targets.ts";
import type { RemoteResult } from "../../ports.ts";
import { layoutQuestions, mountProblems, partitionProblems } from "../check-layout.ts";
import { mountCommands, NOT_THAT_DISK, partitionCommands } from "../disk-commands.ts";
import { performAll } from "../target.ts";
import { understood } from "../untrustworthy.ts";
import { installationOf, onLiveTarget, type Work } from "../work.ts";

export function planOf(work: Work): InstallPlan {
  const { plan } = installationOf(work);
  if (plan) return plan;
  throw new Error(`run ${work.recorder.current().id} came behind its plan without one`);
}

function diskChanged({ disk }: InstallPlan): FloppyError {
  return new FloppyError(
    "TARGET_DISK_CHANGED",
    `${disk.name} is not the disk any more that was chosen: its name, size or serial is another.`,
    "Nothing was written to any disk of the machine. Look at its disks again and choose anew: retry the phase “Disk”.",
    { disk: disk.identity },
  );
}

export function layoutFailed(problems: string[]): FloppyError {
  return new FloppyError(
    "TARGET_FAILED",
    `The disk is not as it was meant: ${problems.join("; ")}.`,
    "No other disk was touched, and the machine was not restarted. Retry this phase; if it repeats, the disk may be failing.",
    { problems },
  );
}

/** Erases the chosen disk and lays it out anew, having looked once more that it is that disk. */
export async function partition(work: Work): Promise<void> {
  const { recorder } = work;
  await recorder.begin("partition");
  const plan = planOf(work);
  const failure = ({ exitCode }: RemoteResult) => (exitCode === NOT_THAT_DISK ? diskChanged(plan) : null);
  await onLiveTarget(work, "partition", async ({ target }) => {
    await performAll(target, recorder, "partition", partitionCommands(plan.layout, plan.disk), { failure });
    const questions = layoutQuestions(plan.disk);
    const table = await target.ask(questions.table);
    const partitions = await target.ask(questions.partitions);
    const problems = understood("its partitions", () => partitionProblems(plan.layout, partitions, table));
    if (problems.length > 0) throw layoutFailed(problems);
  });
  await recorder.finish("partition", `GPT, ${plan.layout.partitions.length} partitions`);
}

/** Mounts the new file systems as the installed system will have them. */
export async function mount(work: Work): Promise<void> {
  const { recorder } = work;
  await recorder.begin("mount");
  const { layout, disk } = planOf(work);
  await onLiveTarget(work, "mount", async ({ target }) => {
    await performAll(target, recorder, "mount", mountCommands(layout, disk));
    const questions = layoutQuestions(disk);
    const mounts = await target.ask(questions.mounts);
    const subvolumes = await target.ask(questions.subvolumes);
    const problems = understood("its mounts", () => mountProblems(layout, disk, mounts, subvolumes));
    if (problems.length > 0) throw layoutFailed(problems);
  });
  const count = layout.partitions.reduce((sum, { mounts }) => sum + mounts.length, 0);
  await recorder.finish("mount", `${count} mounts as laid out`);
}
