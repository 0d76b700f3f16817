/** What a person answers while a run waits. */
import { cancelled } from "#contract/errors.ts";
import type { BuildPlace, TargetAddress } from "#contract/targets.ts";

/** The newest answer, for whoever waits for it; an older one that nobody took is forgotten. */
export type Mailbox<Answer> = {
  put(answer: Answer): void;
  take(signal: AbortSignal): Promise<Answer>;
  /** The answer that lies there already, taken out. */
  peel(): Answer | null;
};

export function createMailbox<Answer>(): Mailbox<Answer> {
  let waiting: ((answer: Answer) => void)[] = [];
  let kept: { answer: Answer } | null = null;

  function peel(): Answer | null {
    const found = kept;
    kept = null;
    return found === null ? null : found.answer;
  }

  return {
    put(answer) {
      const [first] = waiting;
      if (!first) kept = { answer };
      first?.(answer);
    },
    peel,
    take(signal) {
      const found = kept;
      kept = null;
      if (found) return Promise.resolve(found.answer);
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting = waiting.filter((one) => one !== taken);
          signal.removeEventListener("abort", aborted);
        };
        const taken = (answer: Answer) => {
          leave();
          resolve(answer);
        };
        const aborted = () => {
          leave();
          reject(cancelled("The question"));
        };
        if (signal.aborted) return aborted();
        waiting.push(taken);
        signal.addEventListener("abort", aborted);
      });
    },
  };
}

/** The two things that a run of a stick asks. */
export type Questions = {
  address: Mailbox<TargetAddress>;
  disk: Mailbox<{ diskKey: string; buildPlace: BuildPlace }>;
};

export const createQuestions = (): Questions => ({ address: createMailbox(), disk: createMailbox() });
