import { FloppyError } from "#contract/errors.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import {
  type Confirmation,
  confirmationProblems,
  confirmCommand,
  confirmedCommand,
  notConfirmed,
  parseConfirmation,
} from "../confirmation.ts";
import { onTarget, type Work } from "../work.ts";
import { systemOf } from "./check.ts";

/** Reading a whole store back takes a slow disk a while. */
const VERIFY_MS = 2 * 60 * 60_000;

function stickAgain(serial: string): FloppyError {
  return new FloppyError(
    "TARGET_UNSUITED",
    `The machine of ${serial} started from the stick again.`,
    "The new system is on its disk and was checked. Take the stick out, restart the machine, and go on.",
  );
}

async function askDevice(work: Work): Promise<Confirmation> {
  const { recorder, patience } = work;
  return onTarget(
    work,
    async ({ who, target }) => {
      if (who.live) throw stickAgain(recorder.current().serial);
      const purpose = "The device verifies itself: store, layout, services";
      recorder.progress("confirm", { kind: "commands", done: 0, total: 1, purpose, said: null });
      const found = parseConfirmation(await target.ask(confirmCommand, VERIFY_MS));
      if (found) return found;
      throw notConfirmed(["it does not say how it is"]);
    },
    patience.restartMs,
  );
}

/** Sees the device come up from its own disk as what was meant, and then takes the run's key off it. */
export const confirm: Phase<Work> = {
  name: "confirm",
  needs: ["install"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
    const { recorder, hostname } = work;
    await recorder.begin("confirm");
    const { serial, id: runId } = recorder.current();
    const found = await askDevice(work);
    const problems = confirmationProblems(found, { serial, runId, hostname, system: systemOf(work) });
    if (problems.length > 0) throw notConfirmed(problems);
    await onTarget(work, ({ target }) => target.ask(confirmedCommand));
    await recorder.finish("confirm", "runs what was built");
  },
};
