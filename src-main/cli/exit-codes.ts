import type { ErrorCode } from "#contract/errors.ts";

/** What the command's exit code tells a script; `--help` prints this table. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  refused: 4,
  drive: 5,
  image: 6,
  nix: 7,
  writer: 8,
  records: 9,
  target: 10,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const meanings: Record<keyof typeof exitCodes, string> = {
  done: "done",
  failed: "failed in a way not listed here",
  usage: "wrong usage; nothing was started",
  cancelled: "cancelled",
  refused: "the serial, device or role was refused",
  drive: "the drive was refused, or failed",
  image: "the image cannot be used or downloaded",
  nix: "the image could not be built",
  writer: "the writer could not start, or died",
  records: "inventory, settings or catalog cannot be used",
  target: "the machine to be installed cannot be reached, was refused, or failed",
};

const outcomes: Record<ErrorCode, keyof typeof exitCodes> = {
  INVALID_INPUT: "usage",
  UNKNOWN_CALL: "failed",
  UNAUTHORIZED: "failed",
  INTERNAL: "failed",
  CANCELLED: "cancelled",
  SERIAL_INVALID: "refused",
  DEVICE_UNKNOWN: "refused",
  DEVICE_BUSY: "refused",
  DEVICE_CHECK_FAILED: "failed",
  ROLE_UNKNOWN: "refused",
  ROLE_UNSUITED: "refused",
  CATALOG_UNREADABLE: "records",
  IMAGE_NOT_FOUND: "image",
  IMAGE_EMPTY: "image",
  IMAGE_TRUNCATED: "image",
  IMAGE_FORMAT_UNKNOWN: "image",
  IMAGE_CHANGED: "image",
  IMAGE_TOO_LARGE: "image",
  IMAGE_NOT_PERSONALISABLE: "image",
  IMAGE_FOR_PRACTICE: "image",
  MANIFEST_UNREADABLE: "image",
  MANIFEST_UNTRUSTED: "image",
  MANIFEST_OLDER: "image",
  MANIFEST_EXPIRED: "image",
  MANIFEST_IMAGE_MISSING: "image",
  DOWNLOAD_FAILED: "image",
  NIX_MISSING: "nix",
  NIX_FEATURES_DISABLED: "nix",
  NIX_SYSTEM_UNSUPPORTED: "nix",
  NIX_TARGET_UNKNOWN: "nix",
  NIX_IMPORT_REFUSED: "nix",
  NIX_BUILD_FAILED: "nix",
  NIX_FAILED: "nix",
  DISK_FULL: "nix",
  DRIVE_GONE: "drive",
  DRIVE_REPLACED: "drive",
  DRIVE_SYSTEM: "drive",
  DRIVE_READ_ONLY: "drive",
  DRIVE_BUSY: "drive",
  DRIVE_UNSAFE: "drive",
  DRIVE_IO: "drive",
  DRIVE_VERIFY_FAILED: "drive",
  DRIVE_FAKE: "drive",
  DRIVE_SLOW: "drive",
  PRACTICE_UNAVAILABLE: "drive",
  WRITER_DENIED: "writer",
  WRITER_CRASHED: "writer",
  TARGET_UNREACHABLE: "target",
  TARGET_LOST: "target",
  TARGET_REFUSED: "target",
  TARGET_TIMEOUT: "target",
  TARGET_UNTRUSTWORTHY: "target",
  HOST_KEY_WRONG: "target",
  TARGET_UNSUITED: "target",
  TARGET_FAILED: "target",
  TARGET_DISK_CHANGED: "target",
  INSTALL_FAILED: "target",
  SECRETS_MISSING: "target",
  INVENTORY_LOCKED: "records",
  INVENTORY_UNREADABLE: "records",
  RUN_UNKNOWN: "failed",
  RUN_STATE: "failed",
  RUN_INTERRUPTED: "failed",
  TASK_STATE: "failed",
  TOO_BUSY: "failed",
  SETTINGS_INVALID: "records",
  FILE_UNREADABLE: "image",
  FILE_EXISTS: "image",
  FILE_UNWRITABLE: "image",
  TOOL_MISSING: "failed",
  COMPUTER_FAILED: "failed",
};

export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[outcomes[code]];
}

/** The table as `--help` shows it. */
export function describeExitCodes(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return ["Exit codes:", ...names.map((name) => `  ${exitCodes[name]}  ${meanings[name]}`)].join("\n");
}
