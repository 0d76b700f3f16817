import { readFileSync } from "node:fs";

/** Another one each time that this computer starts. */
export function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
