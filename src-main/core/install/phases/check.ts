import { FloppyError } from "#contract/errors.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import { layoutQuestions, mountProblems } from "../check-layout.ts";
import { bootProblems, fstabProblems } from "../check-system.ts";
import { installationOf } from "../installation.ts";
import { bootFilesCommand, failedUnitsCommand, fstabCommand } from "../system-commands.ts";
import type { Target } from "../target.ts";
import { understood } from "../untrustworthy.ts";
import { onLiveTarget, type Work } from "../work.ts";
import { installedSystem } from "./install.ts";
import { planOf } from "./partition.ts";

function checkFailed(problems: string[]): FloppyError {
  return new FloppyError(
    "DEVICE_CHECK_FAILED",
    `What was installed would not start as it should: ${problems.join("; ")}.`,
    "The machine was not restarted, so nothing is worse than before. Retry the phase “Install”, then this one.",
    { problems },
  );
}

export function systemOf(work: Work): string {
  const { system } = installationOf(work);
  if (system) return system.storePath;
  throw new Error(`run ${work.recorder.current().id} came behind its installation without a system`);
}

async function problemsOf(work: Work, target: Target): Promise<string[]> {
  const { layout, disk } = planOf(work);
  const system = systemOf(work);
  const questions = layoutQuestions(disk);
  const installed = await installedSystem(target);
  const mounts = await target.ask(questions.mounts);
  const subvolumes = await target.ask(questions.subvolumes);
  return [
    installed === system ? [] : [`the system profile is ${installed}, not ${system}`],
    bootProblems(await target.ask(bootFilesCommand), system),
    fstabProblems(await target.ask(fstabCommand(system)), layout),
    understood("its mounts", () => mountProblems(layout, disk, mounts, subvolumes)),
  ].flat();
}

/** Units of the live system that failed say something about the machine, not about what was installed. */
async function tellFailedUnits(target: Target, { recorder }: Work): Promise<void> {
  const failed = (await target.ask(["sh", "-c", `${failedUnitsCommand.join(" ")} || true`])).trim();
  for (const line of failed.split("\n").filter(Boolean))
    recorder.log("warning", `Failed in the stick’s system: ${line}`);
}

/** Looks whether what was installed would start, before anybody restarts the machine. */
export const check: Phase<Work> = {
  name: "check",
  needs: ["install"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
    const { recorder } = work;
    await recorder.begin("check");
    await onLiveTarget(work, "mount", async ({ target }) => {
      await tellFailedUnits(target, work);
      const problems = await problemsOf(work, target);
      if (problems.length > 0) throw checkFailed(problems);
    });
    await recorder.finish("check", "boot files, system, mounts");
  },
};
