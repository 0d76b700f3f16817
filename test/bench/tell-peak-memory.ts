/**
 * Loaded into a process that is measured: on its way out it says on stderr how much memory it ever had, and how long it
 * kept a processor. The kernel's high-water mark, for `maxRSS` counts what the parent had before the program was loaded.
 */
import { readFileSync, writeSync } from "node:fs";

process.on("exit", () => {
  const [, kibibytes] = /VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  const { user, system } = process.cpuUsage();
  writeSync(2, `peak memory ${kibibytes} KiB\nprocessor time ${(user + system) / 1e6} s\n`);
});
