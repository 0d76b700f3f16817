import type { PhaseName, Run } from "#contract/runs.ts";

/** One column of the speed graph: how far (0 to 1), and how fast there, in bytes per second. */
export type SpeedSample = { at: number; speed: number };

/** As many columns as the graph can show; the newest speed of a column stands for it. */
const COLUMNS = 200;

export type TransferPhase = "write" | "verify" | "install";
export type SpeedSamples = Record<TransferPhase, SpeedSample[]>;

export const noSamples: SpeedSamples = { write: [], verify: [], install: [] };

export function isTransferPhase(name: PhaseName): name is TransferPhase {
  return name in noSamples;
}

/** The samples with what a run's progress tells added; the same object where it tells nothing new. */
export function addSample(samples: SpeedSamples, run: Run): SpeedSamples {
  const running = run.phases.find((phase) => phase.status.state === "running");
  if (running?.status.state !== "running" || !isTransferPhase(running.name)) return samples;
  const { progress } = running.status;
  if (progress?.kind !== "transfer" || progress.sizeBytes === 0) return samples;
  const at = Math.round((progress.position / progress.sizeBytes) * COLUMNS) / COLUMNS;
  // A resumed phase starts over: what lies ahead of it belongs to the attempt before.
  const before = samples[running.name].filter((sample) => sample.at < at);
  return { ...samples, [running.name]: [...before, { at, speed: progress.speed }] };
}
