import { FloppyError } from "#contract/errors.ts";

/** Reads a target's own words with `read`; what makes no sense is TARGET_UNTRUSTWORTHY, never a crash. */
export function understood<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof FloppyError) throw thrown;
    throw new FloppyError(
      "TARGET_UNTRUSTWORTHY",
      `What the machine says of ${what} cannot be understood.`,
      "Nothing was done on its word. Boot it from the stick again; if it repeats, look at the log.",
      { reason: String(thrown).slice(0, 2000) },
    );
  }
}
