/** What a kind of runs is: its phases, what they work with, and what they say of a device. */
import type { DeviceStatus } from "#contract/devices.ts";
import type { ErrorData, FloppyError } from "#contract/errors.ts";
import type { PhaseName, Run, RunKind } from "#contract/runs.ts";
import type { Questions } from "./questions.ts";
import type { Recorder } from "./recorder.ts";
import { rewindTo } from "./transitions.ts";

/** What the machine hands to whoever works on a run. */
export type RunContext = {
  recorder: Recorder;
  questions: Questions;
  /** The phases that are worked on; null for all. */
  wanted: readonly PhaseName[] | null;
  signal: AbortSignal;
};

export type Phase<Work> = {
  name: PhaseName;
  /** The phases without which it cannot be worked on. */
  needs: readonly PhaseName[];
  /** What the run's device is meanwhile. */
  meanwhile: DeviceStatus;
  /** What it is after a run that was cancelled or interrupted there. */
  leaves(error: ErrorData): DeviceStatus;
  /** Takes out of the run what is not true any more once the phase is worked on anew. */
  forget?(run: Run): Run;
  /** Begins the phase and leaves it done, or throws; GoBack where an earlier one has to be done again. */
  perform(work: Work): Promise<void>;
};

/** Begins the work on one run; `close` lets go of all that it holds, however the work ended. */
export type Open<Work> = (context: RunContext) => { work: Work; close(): void };

export type Kind<Work = unknown> = {
  name: RunKind;
  /** In their order. */
  phases: readonly Phase<Work>[];
  /** What the device is once all phases are done. */
  done: DeviceStatus;
  /** Looks up what the run is worked on with; throws what speaks against it. Nothing is held yet. */
  ready(run: Run): Promise<Open<Work>>;
  /** Throws away what was kept in case that the run goes on. */
  discard(run: Run): Promise<void>;
};

/** Thrown by a phase that finds what an earlier one made gone. */
export class GoBack extends Error {
  readonly to: PhaseName;
  /** What is thrown where it happens over and over. */
  readonly tooOften: FloppyError;
  readonly learn: (run: Run) => Run;

  constructor(message: string, how: Pick<GoBack, "to" | "tooOften" | "learn">) {
    super(message);
    this.to = how.to;
    this.tooOften = how.tooOften;
    this.learn = how.learn;
  }
}

/** Most phases leave a device broken that end early. */
export const broken = (error: ErrorData): DeviceStatus => ({ state: "failed", error });

export type Kinds = ReturnType<typeof createKinds>;

/** All kinds there are, asked by a run. */
export function createKinds(kinds: readonly Kind[]) {
  function of({ kind }: Pick<Run, "kind">): Kind {
    const found = kinds.find(({ name }) => name === kind);
    if (!found) throw new Error(`there is no kind of runs that is called ${kind}`);
    return found;
  }

  return {
    of,
    phase(run: Run, name: PhaseName): Phase<unknown> {
      const found = of(run).phases.find((phase) => phase.name === name);
      if (!found) throw new Error(`a run of kind ${run.kind} has no phase ${name}`);
      return found;
    },
    /** Forgets the outcome of a phase and of all after it, and what rests upon them. */
    rewind(run: Run, to: PhaseName): Run {
      const { phases } = of(run);
      const from = phases.slice(phases.findIndex(({ name }) => name === to));
      return from.reduce((before, { forget }) => forget?.(before) ?? before, rewindTo(run, to));
    },
  };
}
