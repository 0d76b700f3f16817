import { readdirSync, readFileSync } from "node:fs";

function parentOf(pid: number): number | null {
  try {
    // The program's name is in parentheses and may hold anything; state and parent follow it.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

/** A process and everything it started that still hangs below it, itself first. */
export function processTree(root: number): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const tree = [root];
  for (const member of tree) {
    tree.push(...pids.filter((pid) => parents.get(pid) === member && !tree.includes(pid)));
  }
  return tree;
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Ends a process and its descendants at once; the list is made before the first of them dies. */
export function killTree(root: number): void {
  for (const pid of processTree(root)) sendKill(pid);
}
