import type { BuildProgress } from "#contract/images.ts";
import type { PhaseProgress, TransferProgress } from "#contract/runs.ts";
import { formatBytes, formatSeconds } from "#core/text/format.ts";

/** `fraction` from 0 to 1, null while unknown; details come in order of importance. */
export type ProgressView = { label: string; fraction: number | null; details: string[] };

export type TransferStage = "inspect" | "write" | "verify";

const transferLabels = { inspect: "Inspecting", write: "Writing", verify: "Verifying" } as const;
const buildLabels = { evaluating: "Evaluating", building: "Building", inspecting: "Inspecting" } as const;

function fraction(done: number, expected: number): number | null {
  return expected > 0 ? Math.min(1, Math.max(0, done / expected)) : null;
}

export function viewTransfer(stage: TransferStage, progress: TransferProgress): ProgressView {
  const { position, sizeBytes, speed, etaSeconds } = progress;
  const left = etaSeconds === null ? [] : [`${formatSeconds(etaSeconds)} left`];
  const done = `${formatBytes(position)} of ${formatBytes(sizeBytes)}`;
  return {
    label: transferLabels[stage],
    fraction: fraction(position, sizeBytes),
    details: [...left, done, `${formatBytes(speed)}/s`],
  };
}

/** Nix learns of more work while it works; items count where there are any, else bytes. */
export function viewBuild(progress: BuildProgress): ProgressView {
  const { stage, doneItems, expectedItems, doneBytes, expectedBytes, current } = progress;
  const items = expectedItems > 0 ? [`${doneItems} of ${expectedItems}`] : [];
  const bytes = expectedBytes > 0 ? [`${formatBytes(doneBytes)} of ${formatBytes(expectedBytes)}`] : [];
  return {
    label: buildLabels[stage],
    fraction: fraction(doneItems, expectedItems) ?? fraction(doneBytes, expectedBytes),
    details: [...items, ...(current ? [current] : []), ...bytes],
  };
}

export function viewPhase(phase: TransferStage | "image", progress: PhaseProgress): ProgressView {
  if (progress.kind === "build") return viewBuild(progress);
  return viewTransfer(phase === "image" ? "inspect" : phase, progress);
}
