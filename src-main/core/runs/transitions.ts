/** A run's life as pure steps: each takes the run as it was and returns the run as it is. */
import { toErrorData } from "#contract/errors.ts";
import {
  nextPhase,
  type Phase,
  type PhaseName,
  type PhaseProgress,
  type PhaseState,
  type Run,
} from "#contract/runs.ts";

function withPhase(run: Run, name: PhaseName, status: PhaseState): Run {
  return { ...run, phases: run.phases.map((phase) => (phase.name === name ? { name, status } : phase)) };
}

function phaseOf(run: Run, name: PhaseName): Phase {
  const phase = run.phases.find((candidate) => candidate.name === name);
  if (!phase) throw new Error(`run ${run.id} has no phase ${name}`);
  return phase;
}

function startOf(run: Run, name: PhaseName, otherwise: string): string {
  const { status } = phaseOf(run, name);
  return status.state === "waiting" ? otherwise : status.startedAt;
}

export function isDone(run: Run, name: PhaseName): boolean {
  return phaseOf(run, name).status.state === "done";
}

export function beginPhase(run: Run, name: PhaseName, at: string): Run {
  const begun = withPhase(run, name, { state: "running", startedAt: at, progress: null });
  return { ...begun, status: { state: "running", phase: name } };
}

/** Progress that comes after its phase ended is dropped, and of a download what comes when writing has begun. */
export function progressPhase(run: Run, name: PhaseName, progress: PhaseProgress): Run {
  const { status } = phaseOf(run, name);
  if (status.state !== "running") return run;
  const isBehind = progress.kind === "arrival" && status.progress?.kind === "transfer";
  return isBehind ? run : withPhase(run, name, { ...status, progress });
}

export function finishPhase(run: Run, name: PhaseName, at: string, summary: string): Run {
  const startedAt = startOf(run, name, at);
  const finished = withPhase(run, name, { state: "done", startedAt, endedAt: at, summary });
  return nextPhase(finished) === null ? { ...finished, status: { state: "done", endedAt: at } } : finished;
}

/** Ends the run at the phase where it stands: cancelled if it was told to, else failed with the reason. */
export function stopRun(run: Run, at: string, thrown: unknown): Run {
  const name = run.status.state === "running" ? run.status.phase : nextPhase(run);
  if (name === null) return run;
  const startedAt = startOf(run, name, at);
  const error = toErrorData(thrown);
  if (error.code === "CANCELLED") {
    const stopped = withPhase(run, name, { state: "cancelled", startedAt, endedAt: at });
    return { ...stopped, status: { state: "cancelled", phase: name, endedAt: at } };
  }
  const stopped = withPhase(run, name, { state: "failed", startedAt, endedAt: at, error });
  return { ...stopped, status: { state: "failed", phase: name, endedAt: at, error } };
}

/** The process that worked on it died: nobody knows how far the phase came, so it starts over. */
export function interruptRun(run: Run): Run {
  if (run.status.state !== "running") return run;
  const { phase } = run.status;
  return { ...withPhase(run, phase, { state: "waiting" }), status: { state: "interrupted", phase } };
}

/** All that was asked for is done, and something is left: a run that is worked on by phases. */
export function pauseRun(run: Run): Run {
  const phase = nextPhase(run);
  return phase === null ? run : { ...run, status: { state: "paused", phase } };
}

/** Forgets the outcome of some phases, so that they are worked on again. */
export function forgetPhases(run: Run, names: readonly PhaseName[]): Run {
  return names.reduce((before, name) => withPhase(before, name, { state: "waiting" }), run);
}

export function dismissRun(run: Run, at: string): Run {
  return { ...run, status: { state: "dismissed", endedAt: at } };
}

/** Forgets the outcome of a phase and of all after it. */
export function rewindTo(run: Run, name: PhaseName): Run {
  const from = run.phases.findIndex((phase) => phase.name === name);
  const phases = run.phases.map(
    (phase, index): Phase => (index < from ? phase : { name: phase.name, status: { state: "waiting" } }),
  );
  return { ...run, phases };
}
