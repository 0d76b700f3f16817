import { FloppyError } from "#contract/errors.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import { installationOf } from "../installation.ts";
import { finishCommands } from "../system-commands.ts";
import { performAll } from "../target.ts";
import { onTarget, targetRestarted, type Work } from "../work.ts";

/** How long a machine may take to end its services. */
const SHUTDOWN_MS = 3 * 60_000;

/** By an earlier try whose end nobody saw, or by hand. */
const RESTARTED_ALREADY =
  "The machine had restarted already. The stick may still hold the device’s keys: erase it, or write another device to it.";

function didNotRestart(serial: string): FloppyError {
  return new FloppyError(
    "TARGET_TIMEOUT",
    `The machine of ${serial} does not restart.`,
    "Everything is installed and checked. Switch it off and on by hand, without the stick, then go on.",
  );
}

/** Resolves when the connection has gone, or false when it is still there after a while. */
async function wentAway(work: Work, closed: Promise<unknown>): Promise<boolean> {
  const { signal, ports } = work;
  const enough = new AbortController();
  const waited = ports.clock.sleep(SHUTDOWN_MS, AbortSignal.any([signal, enough.signal])).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([closed.then(() => true), waited]);
  } finally {
    enough.abort();
  }
}

/** Unmounts, takes the secrets off the stick and restarts the machine; whether it comes up is the next phase's question. */
export const reboot: Phase<Work> = {
  name: "reboot",
  needs: ["check"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
    const { recorder, link } = work;
    await recorder.begin("reboot");
    await onTarget(work, async ({ who, target, session }) => {
      if (!who.live) return recorder.log("warning", RESTARTED_ALREADY);
      // Started from the stick once more: what was mounted is gone, and whether all was written out is not known.
      if (who.bootId !== installationOf(work).bootId) throw targetRestarted(work, "mount", who.bootId);
      await performAll(target, recorder, "reboot", finishCommands);
      if (!(await wentAway(work, session.closed))) throw didNotRestart(recorder.current().serial);
    });
    link.close();
    await recorder.finish("reboot", "restarting");
  },
};
