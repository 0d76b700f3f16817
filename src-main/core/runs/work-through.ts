import { cancelled } from "#contract/errors.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import { GoBack, type Kind, type Open, type Phase, type RunContext } from "./kind.ts";
import { isDone, pauseRun, rewindTo } from "./transitions.ts";

/** So often in one go a run may go back; more, and something is wrong with what it works on. */
const MOST_RETURNS = 5;

/** The first phase that is wanted and not done; null where there is none, or it needs another one before. */
export function nextOf<Work>(
  phases: readonly Phase<Work>[],
  run: Run,
  wanted: readonly PhaseName[] | null,
): Phase<Work> | null {
  const isOpen = (name: PhaseName) => !isDone(run, name);
  const next = phases.find(({ name }) => isOpen(name) && (wanted === null || wanted.includes(name)));
  return next === undefined || next.needs.some(isOpen) ? null : next;
}

/** Performs the phases of a run that are not done, of those that are wanted; what is left then waits. */
export async function workThrough<Work>(
  kind: Kind<Work>,
  open: Open<Work>,
  context: RunContext,
): Promise<void> {
  const { recorder, wanted, signal } = context;
  const { work, close } = open(context);
  const next = () => nextOf(kind.phases, recorder.current(), wanted);
  let returns = 0;
  try {
    for (let phase = next(); phase !== null; phase = next()) {
      if (signal.aborted) throw cancelled("The run");
      try {
        await phase.perform(work);
      } catch (thrown) {
        if (!(thrown instanceof GoBack)) throw thrown;
        returns += 1;
        if (returns > MOST_RETURNS) throw thrown.tooOften;
        recorder.log("warning", `${thrown.message} The run goes on at “${thrown.to}”.`);
        await recorder.change((run) => rewindTo(thrown.learn(run), thrown.to));
      }
    }
  } finally {
    close();
  }
  if (recorder.current().status.state === "running") await recorder.change(pauseRun);
}
