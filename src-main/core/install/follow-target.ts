/** The phases behind the medium, from the machine that is booted to the device that is confirmed. */
import { cancelled, FloppyError } from "#contract/errors.ts";
import { isTargetPhase, type PhaseName, type Run, type TargetPhase } from "#contract/runs.ts";
import type { Announced } from "#contract/targets.ts";
import type { RunSecrets } from "../ports.ts";
import type { StepContext } from "../runs/steps.ts";
import { rewindTo } from "../runs/transitions.ts";
import { boot } from "./phases/boot.ts";
import { check } from "./phases/check.ts";
import { configure } from "./phases/configure.ts";
import { confirm } from "./phases/confirm.ts";
import { install } from "./phases/install.ts";
import { mount, partition } from "./phases/partition.ts";
import { plan } from "./phases/plan.ts";
import { reach } from "./phases/reach.ts";
import { reboot } from "./phases/reboot.ts";
import { learn, linkOf, TargetRestarted, type Work } from "./work.ts";

const phases: Record<TargetPhase, (work: Work) => Promise<void>> = {
  boot,
  reach,
  plan,
  partition,
  mount,
  configure,
  install,
  check,
  reboot,
  confirm,
};

/** Restarts of the machine in one go after which something is wrong with it. */
const MOST_RESTARTS = 5;

function secretsMissing({ serial }: Run): FloppyError {
  return new FloppyError(
    "SECRETS_MISSING",
    `The keys of this run of ${serial} are not on this computer.`,
    "Nothing was changed. Go on at the station that wrote the stick, or write the stick again here.",
  );
}

/** Told by the network, kept for whoever asks. */
function listen({ ports }: StepContext) {
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

function openWork(context: StepContext, secrets: RunSecrets): { work: Work; close(): void } {
  const { announced, announcement, stop } = listen(context);
  const world = {
    ...context,
    secrets,
    announced,
    announcement,
    patience: context.ports.patience,
    phase: "boot" as TargetPhase,
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

export function nextTargetPhase(run: Run, wanted: readonly PhaseName[] | null): TargetPhase | null {
  const next = run.phases.find(
    ({ name, status }) => status.state !== "done" && (wanted === null || wanted.includes(name)),
  );
  return next && isTargetPhase(next.name) ? next.name : null;
}

/** Works through the target's phases that are not done (of those that are wanted), each anew where it was lost. */
export async function followTarget(context: StepContext, wanted: readonly PhaseName[] | null): Promise<void> {
  const { recorder, ports, signal } = context;
  const next = () => nextTargetPhase(recorder.current(), wanted);
  if (next() === null) return;
  const { id } = recorder.current();
  const secrets = await ports.vault.load(id);
  if (!secrets) throw secretsMissing(recorder.current());
  const { work, close } = openWork(context, secrets);
  try {
    let restarts = 0;
    for (let phase = next(); phase !== null; phase = next()) {
      if (signal.aborted) throw cancelled("The run");
      work.phase = phase;
      try {
        await phases[phase](work);
      } catch (thrown) {
        if (!(thrown instanceof TargetRestarted)) throw thrown;
        restarts += 1;
        if (restarts > MOST_RESTARTS) throw keepsRestarting(recorder.current());
        recorder.log("warning", `The machine was started anew. The run goes on at “${thrown.to}”.`);
        await learn(work, { bootId: thrown.bootId });
        await recorder.change((run) => rewindTo(run, thrown.to));
      }
    }
  } finally {
    close();
  }
}

function keepsRestarting({ serial }: Run): FloppyError {
  return new FloppyError(
    "TARGET_LOST",
    `The machine of ${serial} keeps restarting.`,
    "Its disk is half installed and does not start. Look at its power supply and memory, then go on.",
  );
}
