/** Calls that only look: who asks the same shares one answer, and nobody's questions crowd out the others'. */
import pLimit from "p-limit";
import { cancelled, FloppyError } from "#contract/errors.ts";

export type Look<Input, Output> = (input: Input, signal: AbortSignal) => Promise<Output>;

/** So many of one kind are looked up at once; each may be a process that reads a disk. */
const AT_ONCE = 2;
/** More than any page asks; whoever asks more is told to come again. */
const MOST_WAITING = 64;

type Asked<Output> = { answer: Promise<Output>; abort: AbortController; askers: number };

function tooBusy(): FloppyError {
  return new FloppyError(
    "TOO_BUSY",
    "Too much is being looked up at once.",
    "Nothing was changed, and nothing that is under way was disturbed. Ask again in a moment.",
  );
}

/**
 * The same look, shared: a question that is being looked up already is answered with that. The work ends when the last
 * who asked has left (CANCELLED); TOO_BUSY where too many others wait already.
 */
export function shareLook<Input, Output>(look: Look<Input, Output>): Look<Input, Output> {
  const asked = new Map<string, Asked<Output>>();
  const inTurn = pLimit(AT_ONCE);

  function begin(key: string, input: Input): Asked<Output> {
    if (asked.size >= AT_ONCE + MOST_WAITING) throw tooBusy();
    const abort = new AbortController();
    const answer = inTurn(async () => {
      if (abort.signal.aborted) throw cancelled("The look");
      return look(input, abort.signal);
    });
    const begun = { answer, abort, askers: 0 };
    asked.set(key, begun);
    const forget = () => asked.get(key) === begun && asked.delete(key);
    answer.then(forget, forget);
    return begun;
  }

  return async (input, signal) => {
    if (signal.aborted) throw cancelled("The look");
    const key = JSON.stringify(input);
    const one = asked.get(key) ?? begin(key, input);
    one.askers += 1;
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = () => {
      one.askers -= 1;
      // From now on whoever asks the same begins anew.
      if (one.askers === 0 && asked.get(key) === one) asked.delete(key);
      if (one.askers === 0) one.abort.abort();
      reject(cancelled("The look"));
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([one.answer, left]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  };
}
