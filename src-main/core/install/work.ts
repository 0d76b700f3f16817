/** What the phases behind the medium work with. */
import { FloppyError } from "#contract/errors.ts";
import type { PhaseName, Run, TargetPhase } from "#contract/runs.ts";
import type { Announced } from "#contract/targets.ts";
import type { MediumWork } from "../medium/work.ts";
import type { Patience, RunSecrets } from "../ports/targets.ts";
import { GoBack } from "../runs/kind.ts";
import { installationOf, learned } from "./installation.ts";
import { type Connected, createLink, type Link } from "./link.ts";

export type Work = MediumWork & {
  secrets: RunSecrets;
  link: Link;
  patience: Patience;
  announced(): Announced[];
  /** Resolves when the announcements have changed. */
  announcement(signal: AbortSignal): Promise<void>;
  /** The phase that tells of attempts to reach the target. */
  phase: PhaseName;
};

/** What is thrown where the target was started anew: what it had mounted is gone, so the work goes on at `to`. */
export function targetRestarted(
  { recorder }: Pick<Work, "recorder">,
  to: TargetPhase,
  bootId: string,
): GoBack {
  return new GoBack("The machine was started anew.", {
    to,
    tooOften: keepsRestarting(recorder.current()),
    learn: (run) => learned(run, { bootId }),
  });
}

function keepsRestarting({ serial }: Run): FloppyError {
  return new FloppyError(
    "TARGET_LOST",
    `The machine of ${serial} keeps restarting.`,
    "Its disk is half installed and does not start. Look at its power supply and memory, then go on.",
  );
}

/** Losses of the connection within one phase after which it is no accident any more. */
const MOST_LOSSES = 12;

function isLoss(thrown: unknown): boolean {
  return thrown instanceof FloppyError && thrown.code === "TARGET_LOST";
}

/** Does a piece of work on the target, and does it again from its beginning when the connection was lost meanwhile. */
export async function onTarget<Result>(
  work: Work,
  act: (connected: Connected) => Promise<Result>,
  patienceMs: number = work.patience.reconnectMs,
): Promise<Result> {
  for (let losses = 1; ; losses += 1) {
    try {
      return await act(await work.link.connected(patienceMs));
    } catch (thrown) {
      work.link.close();
      if (!isLoss(thrown) || work.signal.aborted || losses >= MOST_LOSSES) throw thrown;
      work.recorder.log("warning", "The connection was lost. Looking for the machine again.");
    }
  }
}

/** As `onTarget`, in the live system that was found: one that was started anew meanwhile sends the run back. */
export function onLiveTarget<Result>(
  work: Work,
  restartAt: TargetPhase,
  act: (connected: Connected) => Promise<Result>,
): Promise<Result> {
  return onTarget(work, async (connected) => {
    const { bootId, live } = connected.who;
    if (!live) throw alreadyInstalled(work);
    if (bootId !== installationOf(work).bootId) throw targetRestarted(work, restartAt, bootId);
    return act(connected);
  });
}

export function alreadyInstalled({ recorder }: Pick<Work, "recorder">): FloppyError {
  const { serial } = recorder.current();
  return new FloppyError(
    "TARGET_UNSUITED",
    `The machine runs its installed system, not the stick’s.`,
    `Nothing was changed. If ${serial} is to be installed again, boot it from the stick; if it is done, go on with its confirmation.`,
  );
}

export function linkOf(world: Omit<Work, "link">, work: () => Work): Link {
  return createLink({
    ports: world.ports,
    recorder: world.recorder,
    secrets: world.secrets,
    signal: world.signal,
    announced: world.announced,
    onAttempt() {
      const { phase, recorder, link } = work();
      if (phase !== "reach" && phase !== "confirm") return;
      recorder.progress(phase, { kind: "search", attempts: link.attempts(), others: othersOf(work()) });
    },
  });
}

/** Machines that are announced and are not this run's, so that a person sees which one was booted instead. */
export function othersOf({ recorder, announced }: Pick<Work, "recorder" | "announced">): Announced[] {
  const { id } = recorder.current();
  return announced().filter(({ runId }) => runId !== id);
}
