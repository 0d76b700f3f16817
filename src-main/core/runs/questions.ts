/** What a person answers while a run waits. */
import { cancelled } from "#contract/errors.ts";

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

/** Something that a phase asks; its answers are of one type. */
export type Question<Answer> = { name: string; answer?: Answer };

export type Questions = { of<Answer>(question: Question<Answer>): Mailbox<Answer> };

/** A mailbox for whatever the phases of a run ask. */
export function createQuestions(): Questions {
  const mailboxes = new Map<string, unknown>();
  return {
    of<Answer>({ name }: Question<Answer>) {
      const mailbox = (mailboxes.get(name) as Mailbox<Answer> | undefined) ?? createMailbox<Answer>();
      mailboxes.set(name, mailbox);
      return mailbox;
    },
  };
}
