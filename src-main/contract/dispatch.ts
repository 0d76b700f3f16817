import { z } from "zod";
import { type CallName, calls, type Handlers } from "./api.ts";
import { type ErrorData, FloppyError, toErrorData } from "./errors.ts";
import type { Signal } from "./signal.ts";

export type Reply = { ok: true; value: unknown } | { ok: false; error: ErrorData };

function isCallName(name: unknown): name is CallName {
  return typeof name === "string" && Object.hasOwn(calls, name);
}

function parseInput<Name extends CallName>(name: Name, input: unknown) {
  const parsed = calls[name].input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new FloppyError(
    "INVALID_INPUT",
    `${name}: ${z.prettifyError(parsed.error)}`,
    "Nothing was done. Correct the input and try again.",
  );
}

/**
 * The one way into the core from outside: the name is known and the input parsed, or nothing happens. With `left` whoever
 * asked has gone: what only looked for them ends, what acts goes on.
 */
export async function dispatch(
  handlers: Handlers,
  name: unknown,
  input: unknown,
  left: Signal,
): Promise<Reply> {
  try {
    if (!isCallName(name))
      throw new FloppyError("UNKNOWN_CALL", "There is no such call.", "Nothing was done.");
    const handler = handlers[name] as (input: unknown, signal: Signal) => Promise<unknown>;
    return { ok: true, value: await handler(parseInput(name, input), left) };
  } catch (thrown) {
    return { ok: false, error: toErrorData(thrown) };
  }
}
