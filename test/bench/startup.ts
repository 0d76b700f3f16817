import { resolve } from "node:path";
import { launchChromium } from "../support/chromium.ts";
import { createBench } from "../support/station-process.ts";
import type { Benchmark, Measured } from "./benchmark.ts";
import { measure, median } from "./measured-process.ts";

const RUNS = 5;
const command = resolve(import.meta.dirname, "../../out/main/cli.js");

const bareNode = () => median(RUNS, () => measure([process.execPath, "--eval", "0"]));

async function help(): Promise<Measured> {
  const ours = await median(RUNS, () => measure([process.execPath, command, "--help"]));
  return {
    value: ours.seconds * 1000,
    unit: "ms",
    target: 300,
    peers: { "node that does nothing": (await bareNode()).seconds * 1000 },
  };
}

/** From the station's start until its first screen takes a serial. The browser is open already, as on a bench. */
async function interactive(): Promise<Measured> {
  await using bench = await disposableBench();
  const browser = await launchChromium();
  try {
    const ours = await median(RUNS, async () => {
      const page = await browser.newPage();
      const started = performance.now();
      const station = await bench.start();
      await page.goto(station.url);
      await page.getByLabel("Device serial").fill("FLOPPY-RPI-00001");
      const seconds = (performance.now() - started) / 1000;
      await page.close();
      await station.stop();
      return { seconds, peakMebibytes: null, processorSeconds: null, stdout: "" };
    });
    return {
      value: ours.seconds,
      unit: "s",
      target: 2,
      peers: { "node that does nothing": (await bareNode()).seconds },
    };
  } finally {
    await browser.close();
  }
}

async function disposableBench() {
  const bench = await createBench();
  return { start: bench.start, [Symbol.asyncDispose]: bench.remove };
}

export const startupBenchmarks: Benchmark[] = [
  { name: "help", title: "floppy --help, from start to exit", measure: help },
  { name: "interactive", title: "the station, from start until a serial can be typed", measure: interactive },
];
