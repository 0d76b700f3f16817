import { z } from "zod";
import { harmless, harmlessWithin } from "./harmless.ts";

/** Every way Floppy can refuse or fail. Doors branch on these, people read the message. */
export const errorCodes = [
  "INVALID_INPUT",
  "UNKNOWN_CALL",
  "UNAUTHORIZED",
  "INTERNAL",
  "CANCELLED",
  // device and catalog
  "SERIAL_INVALID",
  "DEVICE_UNKNOWN",
  "DEVICE_BUSY",
  "DEVICE_CHECK_FAILED",
  "ROLE_UNKNOWN",
  "ROLE_UNSUITED",
  "CATALOG_UNREADABLE",
  // image
  "IMAGE_NOT_FOUND",
  "IMAGE_EMPTY",
  "IMAGE_TRUNCATED",
  "IMAGE_FORMAT_UNKNOWN",
  "IMAGE_CHANGED",
  "IMAGE_TOO_LARGE",
  "IMAGE_NOT_PERSONALISABLE",
  "IMAGE_FOR_PRACTICE",
  // download
  "MANIFEST_UNREADABLE",
  "MANIFEST_UNTRUSTED",
  "MANIFEST_OLDER",
  "MANIFEST_EXPIRED",
  "MANIFEST_IMAGE_MISSING",
  "DOWNLOAD_FAILED",
  // nix
  "NIX_MISSING",
  "NIX_FEATURES_DISABLED",
  "NIX_SYSTEM_UNSUPPORTED",
  "NIX_TARGET_UNKNOWN",
  "NIX_IMPORT_REFUSED",
  "NIX_BUILD_FAILED",
  "NIX_FAILED",
  "DISK_FULL",
  // drive
  "DRIVE_GONE",
  "DRIVE_REPLACED",
  "DRIVE_SYSTEM",
  "DRIVE_READ_ONLY",
  "DRIVE_BUSY",
  "DRIVE_UNSAFE",
  "DRIVE_IO",
  "DRIVE_VERIFY_FAILED",
  "DRIVE_FAKE",
  "DRIVE_SLOW",
  "PRACTICE_UNAVAILABLE",
  // writer
  "WRITER_DENIED",
  "WRITER_CRASHED",
  // the target of an installation
  "TARGET_UNREACHABLE",
  "TARGET_LOST",
  "TARGET_REFUSED",
  "TARGET_TIMEOUT",
  "TARGET_UNTRUSTWORTHY",
  "HOST_KEY_WRONG",
  "TARGET_UNSUITED",
  "TARGET_FAILED",
  "TARGET_DISK_CHANGED",
  "INSTALL_FAILED",
  "SECRETS_MISSING",
  // inventory and runs
  "INVENTORY_LOCKED",
  "INVENTORY_UNREADABLE",
  "RUN_UNKNOWN",
  "RUN_STATE",
  "RUN_INTERRUPTED",
  "TASK_STATE",
  "TOO_BUSY",
  "SETTINGS_INVALID",
  "FILE_UNREADABLE",
  "FILE_EXISTS",
  "FILE_UNWRITABLE",
  "TOOL_MISSING",
  "COMPUTER_FAILED",
] as const;

export const errorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCode>;

const words = z.string().transform(harmless);

export function harmlessDetails(details: Record<string, unknown>): Record<string, unknown> {
  return harmlessWithin(details) as Record<string, unknown>;
}

/** An error as it crosses a process: what happened, then what is safe and what to do next. None of it is raw. */
export const errorData = z.object({
  code: errorCode,
  message: words,
  hint: words,
  details: z.record(z.string(), z.unknown()).default({}).transform(harmlessDetails),
});
export type ErrorData = z.infer<typeof errorData>;
