import { FloppyError } from "#contract/errors.ts";
import type { TargetAddress } from "#contract/targets.ts";

export function parseTargetAddress(text: string): { address: TargetAddress } {
  const found = /^([A-Za-z0-9.-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (!found?.[1]) throw new FloppyError("INVALID_INPUT", `${text} is no address.`, "Nothing was tried.");
  return { address: { host: found[1], port: Number(found[2] ?? 22) } };
}
