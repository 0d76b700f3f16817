/** What the phases behind the medium work with. */
import { FloppyError } from "#contract/errors.ts";
import type { TargetPhase } from "#contract/runs.ts";
import { type Announced, type Installation, nothingInstalled } from "#contract/targets.ts";
import type { RunSecrets } from "../ports.ts";
import type { StepContext } from "../runs/steps.ts";
import { type Connected, createLink, type Link } from "./link.ts";
import type { Patience } from "./patience.ts";

export type Work = StepContext & {
  secrets: RunSecrets;
  link: Link;
  patience: Patience;
  announced(): Announced[];
  /** Resolves when the announcements have changed. */
  announcement(signal: AbortSignal): Promise<void>;
  /** The phase that tells of attempts to reach the target. */
  phase: TargetPhase;
};

/** Thrown where the target was started anew: what it had mounted is gone, so the work goes on at `to`. */
export class TargetRestarted extends Error {
  readonly to: TargetPhase;
  readonly bootId: string;

  constructor(to: TargetPhase, bootId: string) {
    super("The machine was started anew.");
    this.to = to;
    this.bootId = bootId;
  }
}

/** Losses of the connection within one phase after which it is no accident any more. */
const MOST_LOSSES = 12;

export function installationOf({ recorder }: Pick<Work, "recorder">): Installation {
  return recorder.current().installation ?? nothingInstalled;
}

export async function learn(
  { recorder }: Pick<Work, "recorder">,
  found: Partial<Installation>,
): Promise<void> {
  await recorder.change((run) => ({
    ...run,
    installation: { ...(run.installation ?? nothingInstalled), ...found },
  }));
}

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

/** As `onTarget`, in the live system that was found: one that was started anew meanwhile is told by TargetRestarted. */
export function onLiveTarget<Result>(
  work: Work,
  restartAt: TargetPhase,
  act: (connected: Connected) => Promise<Result>,
): Promise<Result> {
  return onTarget(work, async (connected) => {
    const { bootId, live } = connected.who;
    if (!live) throw alreadyInstalled(work);
    if (bootId !== installationOf(work).bootId) throw new TargetRestarted(restartAt, bootId);
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
