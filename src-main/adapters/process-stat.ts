import { readFileSync } from "node:fs";

export type ProcessStat = { state: string; parent: number; start: string };

/** State letter, parent and start time (clock ticks since boot) in a `/proc/PID/stat`. */
export function parseStat(stat: string): ProcessStat | null {
  // The second field is the program's name in brackets; it may hold blanks and brackets itself.
  const fields = stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const [state, parent, start] = [fields[0], fields[1], fields[19]];
  return state && parent && start ? { state, parent: Number(parent), start } : null;
}

/** Null where there is no such process. */
export function readProcess(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}
