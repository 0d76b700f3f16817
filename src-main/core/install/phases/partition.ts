import { FloppyError } from "#contract/errors.ts";
import type { InstallPlan } from "#contract/targets.ts";
import type { RemoteResult } from "../../ports/targets.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import { layoutQuestions, partitionProblems } from "../check-layout.ts";
import { NOT_THAT_DISK, partitionCommands } from "../disk-commands.ts";
import { installationOf } from "../installation.ts";
import { performAll } from "../target.ts";
import { understood } from "../untrustworthy.ts";
import { onLiveTarget, type Work } from "../work.ts";

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
export const partition: Phase<Work> = {
  name: "partition",
  needs: ["plan"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
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
  },
};
