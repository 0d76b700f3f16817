/** What is asked for runs that install a machine. */
import type { CallInput } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { installationOf, isTargetPhase, mediumIsDone, type Run } from "#contract/runs.ts";
import type { InstallPlan } from "#contract/targets.ts";
import type { Current } from "../current.ts";
import type { Ports } from "../ports/ports.ts";
import type { Runs } from "../runs/runs.ts";
import { forgetPhases } from "../runs/transitions.ts";
import { learned } from "./installation.ts";
import { makePlan } from "./plan.ts";
import { addressQuestion, diskQuestion } from "./questions.ts";
import { parseTargetAddress } from "./target-address.ts";

export type InstallCalls = ReturnType<typeof createInstallCalls>;

function noStick(): FloppyError {
  return new FloppyError(
    "RUN_STATE",
    "There is no finished stick to go on with.",
    "Nothing was changed. Resume the run with a drive, so that its medium is written first.",
  );
}

export function createInstallCalls(world: { ports: Pick<Ports, "systems">; current: Current; runs: Runs }) {
  const { ports, current, runs } = world;

  /** Goes on behind the medium; phases that are named are worked on anew, and only those. */
  async function follow({ runId, phases }: CallInput<"runs.follow">): Promise<Run> {
    const run = await runs.resumable(runId);
    if (run.kind !== "install" || !mediumIsDone(run)) throw noStick();
    if (phases && !phases.every(isTargetPhase)) throw noStick();
    const prepare = async () => forgetPhases(await runs.resumable(runId), phases ?? []);
    return runs.launch(run, prepare, phases);
  }

  async function aim({ runId, address: text }: CallInput<"runs.aim">): Promise<void> {
    const { address } = parseTargetAddress(text);
    const { questions, recorder } = await runs.answerable(runId);
    await recorder.change((run) => learned(run, { address }));
    questions.of(addressQuestion).put(address);
  }

  async function plan({ runId, diskKey, buildPlace }: CallInput<"runs.plan">): Promise<InstallPlan> {
    const run = await runs.find(runId);
    const facts = installationOf(run)?.facts;
    if (!facts)
      throw new FloppyError(
        "RUN_STATE",
        "The machine was not looked at yet.",
        "Nothing was changed. Wait until it is found, then choose its disk.",
      );
    const layout = await ports.systems.layout(current.settings().flake);
    return makePlan({ facts, layout, target: run.target }, diskKey, buildPlace);
  }

  async function chooseDisk(input: CallInput<"runs.chooseDisk">): Promise<void> {
    const { runId, diskKey, eraseConfirmed, buildPlace } = input;
    const { questions } = await runs.answerable(runId, "plan");
    // What cannot be installed is refused here, where another disk can still be chosen.
    await plan({ runId, diskKey, buildPlace });
    if (eraseConfirmed !== diskKey)
      throw new FloppyError(
        "INVALID_INPUT",
        "Erasing this disk was not confirmed.",
        "Nothing was written. Confirm the very disk that is to be erased.",
      );
    questions.of(diskQuestion).put({ diskKey, buildPlace });
  }

  return { follow, aim, plan, chooseDisk };
}
