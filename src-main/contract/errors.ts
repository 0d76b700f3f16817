import { type ErrorCode, type ErrorData, harmlessDetails } from "./error-data.ts";
import { harmless } from "./harmless.ts";
import { systemErrorData } from "./system-errors.ts";

export { type ErrorCode, type ErrorData, errorCode, errorCodes, errorData } from "./error-data.ts";

/** The one error class: a coded value that can be thrown. Its sentences quote strangers, and go many ways. */
export class FloppyError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, hint: string, details: Record<string, unknown> = {}) {
    super(harmless(message));
    this.name = "FloppyError";
    this.code = code;
    this.hint = harmless(hint);
    this.details = details;
  }

  static from(data: ErrorData): FloppyError {
    return new FloppyError(data.code, data.message, data.hint, data.details);
  }
}

/** Any thrown thing as error data; what is neither ours nor the system's becomes INTERNAL with its message kept. */
export function toErrorData(thrown: unknown): ErrorData {
  const { code, message, hint, details } = dataOf(thrown);
  return { code, message: harmless(message), hint: harmless(hint), details: harmlessDetails(details) };
}

function dataOf(thrown: unknown): ErrorData {
  if (thrown instanceof FloppyError) {
    const { code, message, hint, details } = thrown;
    return { code, message, hint, details };
  }
  const ofSystem = systemErrorData(thrown);
  if (ofSystem) return ofSystem;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "INTERNAL",
    message: `Something unexpected failed: ${message}`,
    hint: "Nothing that was already verified is affected. Try again; if it repeats, report it with the log.",
    details: thrown instanceof Error && thrown.stack ? { stack: thrown.stack } : {},
  };
}

export function cancelled(what: string): FloppyError {
  return new FloppyError("CANCELLED", `${what} was cancelled.`, "Start it again whenever you like.");
}
