/** What is told of an image while it comes to be. */
import type { PhaseProgress, TransferProgress } from "#contract/runs.ts";
import type { Log } from "../ports/clock.ts";

/** How far a build or a reading is, or a download. */
export type ImageProgress = Extract<PhaseProgress, { kind: "build" | "transfer" }>;
export type ImageObserver = { progress(progress: ImageProgress): void; log: Log };

/** Before nix has said a word, which may be long: it evaluates first. */
export const evaluating: ImageProgress = {
  kind: "build",
  stage: "evaluating",
  doneItems: 0,
  expectedItems: 0,
  doneBytes: 0,
  expectedBytes: 0,
  current: null,
};

export function inspecting(progress: TransferProgress): ImageProgress {
  return {
    kind: "build",
    stage: "inspecting",
    doneItems: 0,
    expectedItems: 0,
    doneBytes: progress.position,
    expectedBytes: progress.sizeBytes,
    current: null,
  };
}
