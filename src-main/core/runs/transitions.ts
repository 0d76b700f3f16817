/** A run's life as pure steps: each takes the run as it was and returns the run as it is. */
import type { DeviceStatus } from "#contract/devices.ts";
import { type ErrorData, FloppyError, toErrorData } from "#contract/errors.ts";
import type { Phase, PhaseName, PhaseProgress, PhaseState, Run } from "#contract/runs.ts";

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

/** The phase where the run goes on, or null when all are done. */
export function nextPhase(run: Run): PhaseName | null {
  return run.phases.find((phase) => phase.status.state !== "done")?.name ?? null;
}

export function beginPhase(run: Run, name: PhaseName, at: string): Run {
  const begun = withPhase(run, name, { state: "running", startedAt: at, progress: null });
  return { ...begun, status: { state: "running", phase: name } };
}

/** Progress that comes after its phase ended is dropped. */
export function progressPhase(run: Run, name: PhaseName, progress: PhaseProgress): Run {
  const { status } = phaseOf(run, name);
  return status.state === "running" ? withPhase(run, name, { ...status, progress }) : run;
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

const interrupted: ErrorData = toErrorData(
  new FloppyError(
    "RUN_INTERRUPTED",
    "Floppy stopped before this run was over.",
    "A medium that was not verified cannot boot. Resume the run, or put it aside.",
  ),
);

const unfinished: ErrorData = toErrorData(
  new FloppyError(
    "CANCELLED",
    "The run was cancelled before its medium was verified.",
    "The medium cannot boot. Resume the run, or start another one.",
  ),
);

const statusWhile = {
  image: { state: "building" },
  write: { state: "writing" },
  verify: { state: "verifying" },
} as const satisfies Record<PhaseName, DeviceStatus>;

/** What a run says of its device; a run that was put aside says nothing new. */
export function deviceStatus({ status }: Run): DeviceStatus | null {
  switch (status.state) {
    case "running":
      return statusWhile[status.phase];
    case "done":
      return { state: "flashed" };
    case "failed":
      return { state: "failed", error: status.error };
    case "cancelled":
      return status.phase === "image" ? { state: "registered" } : { state: "failed", error: unfinished };
    case "interrupted":
      return status.phase === "image" ? { state: "registered" } : { state: "failed", error: interrupted };
    case "dismissed":
      return null;
  }
}
