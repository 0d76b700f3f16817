import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Benchmark, Measured } from "./benchmark.ts";
import { inTurns, median, ROUNDS, type Run, tellPeakMemory } from "./measured-process.ts";
import { etcherSdk } from "./peers.ts";
import { type BenchDrives, type Speed, Workshop } from "./workshop.ts";
import { goodCard, limitOf, usualCard } from "./write.ts";
import { builtWriter, flash, flashJob } from "./writer.ts";

const IMAGE = 300;
const MEMORY_LIMIT = 250;

function sideBySide(count: number, speed: Speed, allowed: number) {
  return async (): Promise<Measured> => {
    using workshop = new Workshop();
    const file = workshop.packed(workshop.programImage(IMAGE));
    const one = workshop.drive(IMAGE + 20, speed);
    const drives = workshop.drives(count, IMAGE + 20, speed);
    const { alone, together } = await inTurns(ROUNDS, {
      alone: () => flash(file, one, { mode: "full" }),
      together: () => flash(file, drives, { mode: "full" }),
    });
    return {
      value: together.seconds,
      unit: "s",
      target: alone.seconds * allowed,
      peers: { "one drive alone": alone.seconds, "limit of the medium": limitOf(IMAGE, speed) },
    };
  };
}

const peak = ({ peakMebibytes }: Run) => peakMebibytes ?? Number.NaN;

async function memory(): Promise<Measured> {
  using workshop = new Workshop("memory");
  const image = workshop.randomImage(1024);
  const packed = workshop.packed(image);
  const one = workshop.drive(1044);
  const eight = workshop.drives(8, 1044);
  const told = { mode: "full", nodeOptions: tellPeakMemory } as const;
  const raw = peak(await flash(image, one, told));
  const zst = peak(await flash(packed, one, told));
  const many = peak(await flash(packed, eight, told));
  const plain = peak(await etcherSdk("plain", image, one, tellPeakMemory));
  return {
    value: Math.max(raw, zst, many),
    unit: "MiB",
    target: MEMORY_LIMIT,
    peers: {
      "one drive, raw": raw,
      "one drive, .zst": zst,
      "eight drives": many,
      "etcher-sdk, plain": plain,
    },
  };
}

/** 64 GiB that are almost all hole, to a drive that reads as zeros: nothing is written but the head. */
async function sparse(): Promise<Measured> {
  using workshop = new Workshop();
  const mebibytes = 64 * 1024;
  const image = workshop.sparseImage(mebibytes);
  const run = await flash(image, workshop.drive(mebibytes), { nodeOptions: tellPeakMemory });
  return { value: peak(run), unit: "MiB", target: MEMORY_LIMIT, peers: {} };
}

/** From the cancel until the process is gone, and with it its hold on the drives. */
async function cancel(): Promise<Measured> {
  using workshop = new Workshop();
  const drives = workshop.drives(4, IMAGE + 20, usualCard);
  const job = await flashJob(workshop.randomImage(IMAGE), drives.paths, "full");
  const { seconds } = await median(ROUNDS, () => cancelled(drives, JSON.stringify(job)));
  return { value: seconds, unit: "s", target: 1, peers: {} };
}

async function cancelled({ runner }: BenchDrives, job: string): Promise<Run> {
  const [program = "", ...args] = [...runner, process.execPath, builtWriter()];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`${job}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    if (/"position":[1-9]/.test(line)) break;
  }
  const since = performance.now();
  child.stdin.end('{"command":"cancel"}\n');
  child.stdout.resume();
  await once(child, "exit");
  const seconds = (performance.now() - since) / 1000;
  return { seconds, stdout: "", peakMebibytes: null, processorSeconds: null };
}

export const manyBenchmarks: Benchmark[] = [
  {
    name: "four-drives",
    title: "300 MiB from one .zst to four cards of 25/90 MiB/s each",
    measure: sideBySide(4, usualCard, 1.05),
  },
  {
    name: "eight-drives",
    title: "300 MiB from one .zst to eight cards of 80/90 MiB/s each",
    measure: sideBySide(8, goodCard, 1.05),
  },
  { name: "memory", title: "the writer’s peak memory, 1 GiB to one and to eight drives", measure: memory },
  { name: "memory-sparse", title: "the writer’s peak memory, 64 GiB that are a hole", measure: sparse },
  { name: "cancel", title: "from a cancel to closed, four cards", measure: cancel },
];
