import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export type Run = { seconds: number; peakMebibytes: number | null; stdout: string };

/** Makes a Node program tell its peak memory when it ends. */
export const tellPeakMemory = ["--import", join(import.meta.dirname, "tell-peak-memory.ts")];

/** Runs a command as a fresh process, from its start to its exit. Throws where it fails. */
export async function measure(command: string[], input?: string): Promise<Run> {
  const [program = "", ...args] = command;
  const started = performance.now();
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  if (input !== undefined) child.stdin.write(`${input}\n`);
  const [code] = await once(child, "exit");
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}\n${stdout.slice(-2000)}${stderr}`);
  const [, kibibytes] = /peak memory (\d+) KiB/.exec(stderr) ?? [];
  return { seconds, stdout, peakMebibytes: kibibytes === undefined ? null : Number(kibibytes) / 1024 };
}

/**
 * The shortest time of each, taken in turns: what else this machine does only ever adds to a time, and in turns it
 * adds to all alike.
 */
export async function fastest<Name extends string>(
  rounds: number,
  contestants: Record<Name, () => Promise<Run>>,
): Promise<Record<Name, number>> {
  const best: Partial<Record<Name, number>> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(contestants) as Name[]) {
      const { seconds } = await contestants[name]();
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, seconds);
    }
  }
  return best as Record<Name, number>;
}

/** The middle one of several runs. */
export async function median(runs: number, act: () => Promise<Run>): Promise<Run> {
  const results: Run[] = [];
  for (let number = 0; number < runs; number += 1) results.push(await act());
  const middle = results.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(runs / 2)];
  if (!middle) throw new Error("nothing was run");
  return middle;
}
