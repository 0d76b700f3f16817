import type { BuildProgress } from "#contract/images.ts";
import type { PhaseName, PhaseProgress, TransferProgress } from "#contract/runs.ts";
import { formatBytes, formatSeconds } from "#core/text/format.ts";

/** `fraction` from 0 to 1, null while unknown; details come in order of importance. */
export type ProgressView = { label: string; fraction: number | null; details: string[] };

export type TransferStage = "inspect" | "image" | "write" | "verify" | "install" | "save";

const transferLabels = {
  inspect: "Inspecting",
  image: "Downloading",
  write: "Writing",
  verify: "Verifying",
  install: "Pushing",
  save: "Saving",
} as const;
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

const phaseLabels: Record<PhaseName | "inspect" | "save", string> = {
  inspect: "",
  save: "Saving",
  image: "Image",
  write: "Writing",
  verify: "Verifying",
  boot: "Waiting",
  reach: "Reaching",
  plan: "Planning",
  partition: "Partition",
  mount: "Mounting",
  configure: "Configure",
  install: "Installing",
  check: "Checking",
  reboot: "Restarting",
  confirm: "Confirming",
};

function transferStage(phase: TransferStage | PhaseName): TransferStage {
  return Object.hasOwn(transferLabels, phase) ? (phase as TransferStage) : "inspect";
}

export function viewPhase(phase: TransferStage | PhaseName, progress: PhaseProgress): ProgressView {
  switch (progress.kind) {
    case "build":
      return viewBuild(progress);
    case "transfer":
      return viewTransfer(transferStage(phase), progress);
    case "arrival":
      return viewTransfer("image", progress);
    case "search": {
      const last = progress.attempts.at(-1);
      const details = last ? [last.address, last.outcome] : ["looking for the machine"];
      return { label: "Reaching", fraction: null, details };
    }
    case "question": {
      const details = progress.question === "boot" ? ["for the machine to start from the stick"] : [];
      return { label: "Waiting", fraction: null, details };
    }
    case "commands": {
      const { purpose, said } = progress;
      return { label: phaseLabels[phase], fraction: null, details: [purpose, ...(said ? [said] : [])] };
    }
  }
}
