/** What is open while a run has to do with its machine: the network is listened to, and the way there is kept. */
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import type { Announced } from "#contract/targets.ts";
import type { MediumWork } from "../medium/work.ts";
import type { RunSecrets } from "../ports/targets.ts";
import { linkOf, type Work } from "./work.ts";

export type TargetWork = {
  /** What a phase works with, opened for the first that asks. SECRETS_MISSING where another station made the stick. */
  at(phase: PhaseName): Promise<Work>;
  close(): void;
};

function secretsMissing({ serial }: Run): FloppyError {
  return new FloppyError(
    "SECRETS_MISSING",
    `The keys of this run of ${serial} are not on this computer.`,
    "Nothing was changed. Go on at the station that wrote the stick, or write the stick again here.",
  );
}

/** Told by the network, kept for whoever asks. */
function listen({ ports }: MediumWork) {
  let found: Announced[] = [];
  let waiting: (() => void)[] = [];
  const stop = ports.discovery.watch((announced) => {
    found = announced;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  });
  const announcement = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const abort = () => reject(cancelled("Looking for the machine"));
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      waiting.push(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
    });
  return { announced: () => found, announcement, stop };
}

function openWork(context: MediumWork, secrets: RunSecrets): { work: Work; close(): void } {
  const { announced, announcement, stop } = listen(context);
  const world = {
    ...context,
    secrets,
    announced,
    announcement,
    patience: context.ports.patience,
    phase: "boot" as PhaseName,
  };
  const work: Work = { ...world, link: linkOf(world, () => work) };
  return {
    work,
    close() {
      stop();
      work.link.close();
    },
  };
}

export function openLater(medium: MediumWork): TargetWork {
  let opened: ReturnType<typeof openWork> | null = null;

  async function open() {
    const run = medium.recorder.current();
    const secrets = await medium.ports.vault.load(run.id);
    if (!secrets) throw secretsMissing(run);
    return openWork(medium, secrets);
  }

  return {
    async at(phase) {
      opened ??= await open();
      opened.work.phase = phase;
      return opened.work;
    },
    close: () => opened?.close(),
  };
}
