import type { ErrorCode, ErrorData } from "./error-data.ts";

const full = "its disk is full";
const denied = "you may not read or write it";
const missing = "it is not there";
const silent = "what holds it does not answer";
const failing = "the disk that holds it reports an error";

/** Of a file or folder. */
const reasons: Record<string, string> = {
  ENOSPC: full,
  EDQUOT: "your share of its disk is full",
  EFBIG: "its disk holds no file as large",
  EACCES: denied,
  EPERM: denied,
  EROFS: "it lies on a disk that is read-only",
  ENOENT: missing,
  ENOTDIR: "it lies in no folder",
  EISDIR: "it is a folder",
  EEXIST: "there is a file of that name",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "it is a link that leads nowhere",
  EIO: failing,
  ENXIO: failing,
  ENODEV: failing,
  ESTALE: silent,
  ENOTCONN: silent,
  ETIMEDOUT: silent,
};

/** Of the computer as a whole, whichever file it was about. */
const shortages: Record<string, string> = {
  EMFILE: "has too many files open",
  ENFILE: "has too many files open",
  EAGAIN: "has no room for another process",
  ENOMEM: "has no memory left",
};

const codes: Record<string, ErrorCode> = {
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
  EFBIG: "DISK_FULL",
  EROFS: "FILE_UNWRITABLE",
};

const safe = "Nothing that was already verified is affected.";

/** Why a file or folder could not be used, to follow a colon. */
export function systemReason(thrown: unknown): string {
  const { code = "", message } = thrown as Partial<SystemError>;
  if (shortages[code]) return `this computer ${shortages[code]}`;
  return reasons[code] ?? message ?? String(thrown);
}

/** What a failed call of the system says of itself. */
type SystemError = Error & { code: string; syscall: string; path?: unknown };

/** What Node, and execa, say of a program that ended badly. */
type ProgramError = Error & { cmd?: string; command?: string; stderr?: unknown };

/** A call of the system or a program that failed, in words, whoever made it; null for any other error. */
export function systemErrorData(thrown: unknown): ErrorData | null {
  if (isSystemError(thrown)) return ofCall(thrown);
  if (isProgramError(thrown)) return ofProgram(thrown);
  return thrown instanceof Error && thrown.cause !== undefined ? systemErrorData(thrown.cause) : null;
}

function ofCall(thrown: SystemError): ErrorData {
  const { code, syscall, message: cause } = thrown;
  const named = typeof thrown.path === "string" && thrown.path !== "" ? thrown.path : null;
  const path = syscall === "uv_cwd" ? "The folder in which Floppy was started" : named;
  const details = { path, cause };
  if (syscall.startsWith("spawn") && reasons[code]) {
    const program = path ?? (syscall.slice("spawn ".length) || "that Floppy needs");
    const message = `There is no program ${program} here that can be started.`;
    return { code: "TOOL_MISSING", message, hint: `${safe} Install it, then try again.`, details };
  }
  if (shortages[code]) {
    const message = `This computer ${shortages[code]}.`;
    return {
      code: "COMPUTER_FAILED",
      message,
      hint: `${safe} Close other programs, then try again.`,
      details,
    };
  }
  if (path === null && !reasons[code]) {
    const message = `A call of the system failed: ${cause}.`;
    return { code: "COMPUTER_FAILED", message, hint: `${safe} Try again.`, details };
  }
  const message = `${path ?? "A file that Floppy needs"} cannot be used: ${systemReason(thrown)}.`;
  const hint = `${safe} Mend that, or use another place, then try again.`;
  const known = reasons[code] ? "FILE_UNREADABLE" : "COMPUTER_FAILED";
  return { code: codes[code] ?? known, message, hint, details };
}

function ofProgram({ cmd, command = cmd ?? "", stderr, message: cause }: ProgramError): ErrorData {
  const said = `${stderr ?? ""}`.trim().split("\n").at(-1) || "it did not say why";
  return {
    code: "COMPUTER_FAILED",
    message: `A program that Floppy needs failed, ${command.split(" ", 1)[0]}: ${said}`,
    hint: `${safe} See to what it says, then try again.`,
    details: { command, cause },
  };
}

function isSystemError(thrown: unknown): thrown is SystemError {
  if (!(thrown instanceof Error)) return false;
  const { code, syscall } = thrown as Partial<SystemError>;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) && typeof syscall === "string";
}

function isProgramError(thrown: unknown): thrown is ProgramError {
  if (!(thrown instanceof Error)) return false;
  const { cmd, command } = thrown as ProgramError;
  const ended = "exitCode" in thrown && typeof thrown.exitCode === "number";
  return typeof cmd === "string" || (typeof command === "string" && ended);
}
