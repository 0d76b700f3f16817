import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export type Run = {
  seconds: number;
  stdout: string;
  /** These two of a program that was made to tell them. */
  peakMebibytes: number | null;
  processorSeconds: number | null;
};

/** How often each is run; fewer by BENCH_ROUNDS, for a first look. */
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/** Makes a Node program tell its peak memory and processor time when it ends. */
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
  const [, processor] = /processor time ([\d.]+) s/.exec(stderr) ?? [];
  return {
    seconds,
    stdout,
    peakMebibytes: kibibytes === undefined ? null : Number(kibibytes) / 1024,
    processorSeconds: processor === undefined ? null : Number(processor),
  };
}

/** The middle run of each by its time, taken in turns: what else this machine does then meets all alike. */
export async function inTurns<Name extends string>(
  rounds: number,
  contestants: Record<Name, () => Promise<Run>>,
): Promise<Record<Name, Run>> {
  const runs = new Map<Name, Run[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(contestants) as Name[]) {
      runs.set(name, [...(runs.get(name) ?? []), await contestants[name]()]);
    }
  }
  const middles = [...runs].map(([name, all]) => [name, middle(all)] as const);
  return Object.fromEntries(middles) as Record<Name, Run>;
}

/** The middle one of several runs. */
export async function median(runs: number, act: () => Promise<Run>): Promise<Run> {
  const results: Run[] = [];
  for (let number = 0; number < runs; number += 1) results.push(await act());
  return middle(results);
}

function middle(runs: Run[]): Run {
  const found = runs.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)];
  if (!found) throw new Error("nothing was run");
  return found;
}
