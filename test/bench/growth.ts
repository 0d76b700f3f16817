/** `npm run bench -- growth`: time and memory against the image's size and the number of drives, drawn. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Benchmark, Measured } from "./benchmark.ts";
import { type Curve, drawCurves } from "./draw-curves.ts";
import { tellPeakMemory } from "./measured-process.ts";
import { type Speed, Workshop } from "./workshop.ts";
import { flash } from "./writer.ts";

const picture = resolve(import.meta.dirname, "../../out/bench/growth.svg");
const SIZES = [64, 256, 1024, 2048, 4096, 8192];
const COUNTS = [1, 2, 4, 8];
const SIZE_FOR_COUNTS = 512;

/** A quick drive, but one that has a speed: memory and disk of this machine would draw curves of their own. */
const quickDrive: Speed = { write: 300, read: 300 };

type Point = { at: number; seconds: number; mebibytes: number };

async function point(at: number, image: number, count: number): Promise<Point> {
  using workshop = new Workshop();
  const drives = workshop.drives(count, image + 20, quickDrive);
  const run = await flash(workshop.randomImage(image), drives, { mode: "full", nodeOptions: tellPeakMemory });
  return { at, seconds: run.seconds, mebibytes: run.peakMebibytes ?? Number.NaN };
}

function curves(points: Point[], against: string): Curve[] {
  return [
    { title: "time", x: against, y: "s", points: points.map(({ at, seconds }) => [at, seconds]) },
    {
      title: "peak memory",
      x: against,
      y: "MiB",
      points: points.map(({ at, mebibytes }) => [at, mebibytes]),
    },
  ];
}

/** The largest memory of all; the picture shows the rest. */
async function growth(): Promise<Measured> {
  const bySize: Point[] = [];
  for (const size of SIZES) bySize.push(await point(size / 1024, size, 1));
  const byCount: Point[] = [];
  for (const count of COUNTS) byCount.push(await point(count, SIZE_FOR_COUNTS, count));
  mkdirSync(dirname(picture), { recursive: true });
  console.error(`The curves: ${picture}`);
  writeFileSync(picture, drawCurves([...curves(bySize, "GiB"), ...curves(byCount, "drives, 512 MiB each")]));
  const memory = [...bySize, ...byCount].map(({ mebibytes }) => mebibytes);
  return {
    value: Math.max(...memory),
    unit: "MiB",
    target: 250,
    peers: { "the smallest image": bySize[0]?.mebibytes ?? null },
  };
}

export const growthBenchmarks: Benchmark[] = [
  {
    name: "growth",
    title: "peak memory, 64 MiB to 8 GiB and 1 to 8 drives",
    measure: growth,
  },
];
