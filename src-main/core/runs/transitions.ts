/** A run's life as pure steps: each takes the run as it was and returns the run as it is. */
import type { DeviceStatus } from "#contract/devices.ts";
import { type ErrorData, FloppyError, toErrorData } from "#contract/errors.ts";
import {
  isTargetPhase,
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

const interrupted: ErrorData = toErrorData(
  new FloppyError(
    "RUN_INTERRUPTED",
    "Floppy stopped before this run was over.",
    "Nothing that was done is lost. A medium that was not verified cannot boot. Go on with the run, or put it aside.",
  ),
);

const unfinished: ErrorData = toErrorData(
  new FloppyError(
    "CANCELLED",
    "The run was cancelled before it was over.",
    "A medium that was not verified cannot boot; a disk that was begun is half installed. Go on with the run, or start another one.",
  ),
);

/** What a phase under way says of the device. */
function statusWhile(phase: PhaseName): DeviceStatus {
  switch (phase) {
    case "image":
      return { state: "building" };
    case "write":
      return { state: "writing" };
    case "verify":
      return { state: "verifying" };
    case "boot":
    case "reach":
    case "plan":
      return { state: "awaited" };
    default:
      return { state: "installing" };
  }
}

/** What a run that ended in a phase leaves of the device: as it was, a stick that waits for it, or something broken. */
function statusAfter(phase: PhaseName, error: ErrorData): DeviceStatus {
  if (phase === "image") return { state: "registered" };
  return isTargetPhase(phase) && statusWhile(phase).state === "awaited"
    ? { state: "awaited" }
    : { state: "failed", error };
}

/** What a run says of its device; a run that was put aside says nothing new. */
export function deviceStatus({ status, installation }: Run): DeviceStatus | null {
  switch (status.state) {
    case "running":
      return statusWhile(status.phase);
    case "done":
      return { state: installation === null ? "flashed" : "provisioned" };
    case "failed":
      return { state: "failed", error: status.error };
    case "cancelled":
      return statusAfter(status.phase, unfinished);
    case "interrupted":
    case "paused":
      return statusAfter(status.phase, interrupted);
    case "dismissed":
      return null;
  }
}
