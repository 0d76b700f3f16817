import { cancelled } from "#contract/errors.ts";
import type { Phase } from "../../runs/kind.ts";
import { installationOf, learn } from "../installation.ts";
import { addressQuestion } from "../questions.ts";
import { othersOf, type Work } from "../work.ts";

type Seen = "announced" | "told";

/** Resolves when the run's own target announces itself. */
async function heard(work: Work, signal: AbortSignal): Promise<Seen> {
  const { id } = work.recorder.current();
  for (;;) {
    if (work.announced().some(({ runId }) => runId === id)) return "announced";
    work.recorder.progress("boot", { kind: "question", question: "boot", others: othersOf(work) });
    await work.announcement(signal);
  }
}

/** Resolves when a person says where it is. */
async function told(work: Work, signal: AbortSignal): Promise<Seen> {
  const address = await work.questions.of(addressQuestion).take(signal);
  await learn(work, { address });
  return "told";
}

/** Waits, as long as it takes, until the machine was booted from the stick. */
export const boot: Phase<Work> = {
  name: "boot",
  needs: ["verify"],
  meanwhile: { state: "awaited" },
  leaves: () => ({ state: "awaited" }),
  async perform(work) {
    const { recorder, signal } = work;
    await recorder.begin("boot");
    if (installationOf(work).address !== null) {
      await recorder.finish("boot", "known address");
      return;
    }
    const settled = new AbortController();
    const either = AbortSignal.any([signal, settled.signal]);
    try {
      const waits = [heard(work, either), told(work, either)];
      for (const wait of waits) wait.catch(() => undefined);
      const seen = await Promise.race(waits);
      await recorder.finish("boot", seen === "announced" ? "found by itself" : "address given");
    } catch (thrown) {
      throw signal.aborted ? cancelled("The run") : thrown;
    } finally {
      settled.abort();
    }
  },
};
