import { readdirSync } from "node:fs";
import { readProcess } from "../process-stat.ts";

/** A process and everything it started that still hangs below it, itself first. */
function processTree(root: number): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const parents = new Map(pids.map((pid) => [pid, readProcess(pid)?.parent]));
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
