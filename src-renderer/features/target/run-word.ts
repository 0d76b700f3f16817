import { isTargetPhase, mediumIsDone, type PhaseName, type Run } from "#contract/runs.ts";
import { percentOf } from "../../ui/format.ts";
import type { Tone } from "../../ui/StateMark.tsx";
import { progressOf } from "./progress-of.ts";

/** Where a run stands, in a word for a list of many. */
export type RunWord = { tone: Tone; word: string };

const doing: Record<PhaseName, string> = {
  image: "image",
  write: "write",
  verify: "verify",
  boot: "boot",
  reach: "reaching its machine",
  plan: "looking at its machine",
  partition: "laying out its disk",
  mount: "mounting its disk",
  configure: "configuring",
  install: "installing",
  check: "checking",
  reboot: "rebooting",
  confirm: "confirming",
};

export function runWord(run: Run): RunWord {
  const { status } = run;
  if (status.state !== "running") return { tone: "paused", word: status.state };
  const progress = progressOf(run);
  if (progress?.kind === "question") {
    const word = progress.question === "disk" ? "waits for its disk" : "waits to be booted";
    return { tone: "look", word };
  }
  const words = [doing[status.phase]];
  if (progress?.kind === "build" && status.phase === "plan") words[0] = "building its system";
  if (progress?.kind === "transfer") words.push(`${percentOf(progress.position, progress.sizeBytes)} %`);
  return { tone: "running", word: words.join(" ") };
}

/** Runs behind their stick, those first that wait for a person. */
export function machinesUnderWay(runs: Run[]): Run[] {
  const machines = runs.filter(
    (run) => run.status.state === "running" && isTargetPhase(run.status.phase) && mediumIsDone(run),
  );
  const rank = (run: Run) => {
    const progress = progressOf(run);
    if (progress?.kind !== "question") return 2;
    return progress.question === "disk" ? 0 : 1;
  };
  return machines.toSorted((one, other) => rank(one) - rank(other) || one.serial.localeCompare(other.serial));
}
