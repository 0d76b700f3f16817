import { readBootId } from "#linux/boot-id.ts";
import { readProcess } from "../process-stat.ts";

/** One process, told apart from any other that had or will have its pid. */
export type Owner = { bootId: string; pid: number; start: string };

export function currentOwner(): Owner {
  return { bootId: readBootId(), pid: process.pid, start: readProcess(process.pid)?.start ?? "" };
}

/** Whether `owner` is this process, another one that lives, or gone. A zombie counts as gone. */
export function judgeOwner(owner: Owner, current: Owner): "this" | "other" | "dead" {
  if (owner.bootId !== current.bootId) return "dead";
  if (owner.pid === current.pid && owner.start === current.start) return "this";
  const found = readProcess(owner.pid);
  return found && found.start === owner.start && !/[ZXx]/.test(found.state) ? "other" : "dead";
}
