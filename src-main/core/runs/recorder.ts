import { harmless } from "#contract/harmless.ts";
import type { LogLine, PhaseName, PhaseProgress, Run } from "#contract/runs.ts";
import type { Clock } from "../ports/clock.ts";
import type { Inventory } from "../ports/inventory.ts";
import { beginPhase, finishPhase, isDone, progressPhase, stopRun } from "./transitions.ts";

/** Where a recorder tells what it has journaled. */
export type Audience = { run(run: Run): Promise<void>; log(runId: string, lines: LogLine[]): void };

export type Recorder = {
  current(): Run;
  /** Resolves when the change is in the journal and was shown. */
  change(change: (run: Run) => Run): Promise<void>;
  begin(phase: PhaseName): Promise<void>;
  finish(phase: PhaseName, summary: string): Promise<void>;
  /** Goes over from one phase to the next while the work goes on: once, and as forgiving as `progress`. */
  turn(from: PhaseName, summary: string, to: PhaseName): void;
  stop(thrown: unknown): Promise<void>;
  progress(phase: PhaseName, progress: PhaseProgress): void;
  log(level: LogLine["level"], text: string): void;
  /** Resolves when everything told so far is journaled and shown. */
  settled(): Promise<void>;
};

/** Keeps one run's journal: each change is saved before it is shown, in order; progress that piles up is merged. */
export function createRecorder(
  initial: Run,
  world: { clock: Clock; inventory: Inventory; audience: Audience },
): Recorder {
  const { clock, inventory, audience } = world;
  let run = initial;
  let tail: Promise<void> = Promise.resolve();
  let progressQueued = false;
  let lines: LogLine[] = [];

  const now = () => clock.now().toISOString();

  async function save(snapshot: Run): Promise<void> {
    await inventory.saveRun(snapshot);
    await audience.run(snapshot);
  }

  /** A failure is for whoever waits for the task; where nobody does, it ends here. */
  function enqueue(task: () => Promise<void>): Promise<void> {
    const done = tail.then(task);
    tail = done.catch(() => undefined);
    return done;
  }

  async function flushLog(): Promise<void> {
    const pending = lines;
    lines = [];
    if (pending.length === 0) return;
    await inventory.appendLog(run.id, pending);
    audience.log(run.id, pending);
  }

  function change(next: (run: Run) => Run): Promise<void> {
    run = next(run);
    const snapshot = run;
    return enqueue(() => save(snapshot));
  }

  // A progress line that could not be journaled is no reason to lose the card: the next one tries again.
  function progress(phase: PhaseName, made: PhaseProgress): void {
    run = progressPhase(run, phase, made);
    if (progressQueued) return;
    progressQueued = true;
    void enqueue(() => {
      progressQueued = false;
      return save(run);
    });
  }

  // The change itself is kept, and saved with whatever is saved next.
  function turn(from: PhaseName, summary: string, to: PhaseName): void {
    if (isDone(run, from)) return;
    void change((before) => beginPhase(finishPhase(before, from, now(), harmless(summary)), to, now()));
  }

  function log(level: LogLine["level"], text: string): void {
    const phase = run.status.state === "running" ? run.status.phase : null;
    lines.push({ at: now(), phase, level, text: harmless(text) });
    if (lines.length === 1) void enqueue(flushLog);
  }

  return {
    current: () => run,
    change,
    begin: (phase) => change((before) => beginPhase(before, phase, now())),
    finish: (phase, summary) => change((before) => finishPhase(before, phase, now(), harmless(summary))),
    stop: (thrown) => change((before) => stopRun(before, now(), thrown)),
    turn,
    progress,
    log,
    settled: () => tail,
  };
}
