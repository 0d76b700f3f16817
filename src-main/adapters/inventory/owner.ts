import { readFileSync } from "node:fs";

/** One process, told apart from any other that had or will have its pid. */
export type Owner = { bootId: string; pid: number; start: string };

/** The state letter and the start time (clock ticks since boot) in a `/proc/PID/stat`. */
export function parseStat(stat: string): { state: string; start: string } | null {
  // The second field is the program's name in brackets; it may hold blanks and brackets itself.
  const fields = stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const [state, start] = [fields[0], fields[19]];
  return state && start ? { state, start } : null;
}

function readProcess(pid: number): { state: string; start: string } | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}

export function currentOwner(): Owner {
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return { bootId, pid: process.pid, start: readProcess(process.pid)?.start ?? "" };
}

/** Whether `owner` is this process, another one that lives, or gone. A zombie counts as gone. */
export function judgeOwner(owner: Owner, current: Owner): "this" | "other" | "dead" {
  if (owner.bootId !== current.bootId) return "dead";
  if (owner.pid === current.pid && owner.start === current.start) return "this";
  const found = readProcess(owner.pid);
  return found && found.start === owner.start && !/[ZXx]/.test(found.state) ? "other" : "dead";
}
