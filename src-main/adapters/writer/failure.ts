import { FloppyError } from "#contract/errors.ts";
import type { WriterExit } from "./process.ts";

/** What to say of a writer that ended without the result that it was to give. */
export function failure({ last, code, signal, stderrTail }: WriterExit): FloppyError {
  if (last?.event === "failed" && last.target === undefined) return FloppyError.from(last.error);
  return new FloppyError(
    "WRITER_CRASHED",
    `The writer ended without a result (${signal ?? `exit code ${code}`}).`,
    "A drive that was being written does not start. Start over; if it repeats, report it with the log.",
    { code, signal, stderr: stderrTail },
  );
}
