/** One run, at every point where a screen shows it differently. */
import type { Phase, PhaseName, Run } from "#contract/runs.ts";
import { at, card, GiB, inspectionOf } from "./bench-data.ts";

type Ask = Pick<Run, "serial" | "role" | "imageChoice" | "drive">;

const waiting = (name: PhaseName): Phase => ({ name, status: { state: "waiting" } });

/** A run that has just begun with its image phase. */
export function cardRun(ask: Partial<Ask> = {}): Run {
  const role = ask.role ?? "robot";
  const serial = ask.serial ?? "FLOPPY-RPI-00041";
  return {
    id: `run-${serial}`,
    serial,
    host: "raspberry",
    role,
    target: `raspberry-${role}`,
    medium: "card",
    imageChoice: ask.imageChoice ?? { kind: "build" },
    drive: ask.drive ?? card,
    image: null,
    phases: [
      { name: "image", status: { state: "running", startedAt: at, progress: null } },
      waiting("write"),
      waiting("verify"),
    ],
    status: { state: "running", phase: "image" },
    startedAt: at,
  };
}

const imageDone: Phase = {
  name: "image",
  status: { state: "done", startedAt: at, endedAt: at, summary: "built · 4f1c08…9ae2" },
};

function withImage(run: Run): Run {
  const provenance = {
    source: "nix" as const,
    flake: "path:/opt/floppy/nixos",
    revision: "9c2e71d4c0ffee00000000000000000000000000",
    attribute: `images.${run.target}`,
    drvPath: "/nix/store/aaaa-robot.drv",
    storePath: "/nix/store/bbbb-robot.img.zst",
    narHash: "sha256-abc",
  };
  return { ...run, image: { ...inspectionOf("/nix/store/bbbb-robot/sd-image/robot.img.zst"), provenance } };
}

/** The image phase of a nix build, half done. */
export function building(run: Run): Run {
  const progress = {
    kind: "build" as const,
    stage: "building" as const,
    doneItems: 212,
    expectedItems: 388,
    doneBytes: 1.2 * GiB,
    expectedBytes: 2.9 * GiB,
    current: "linux-rpi-6.6.51-modules",
  };
  const status = { state: "running" as const, startedAt: at, progress };
  return { ...run, phases: [{ name: "image", status }, waiting("write"), waiting("verify")] };
}

/** The run while it writes or verifies; `fraction` from 0 to 1, `speed` in MiB/s. */
export function transferring(run: Run, name: "write" | "verify", fraction: number, speed = 24.8): Run {
  const sizeBytes = Math.round(3.08 * GiB);
  const progress = {
    kind: "transfer" as const,
    position: Math.ceil(sizeBytes * fraction),
    sizeBytes,
    speed: speed * 1024 ** 2,
    averageSpeed: 24.1 * 1024 ** 2,
    etaSeconds: Math.round(((1 - fraction) * sizeBytes) / (speed * 1024 ** 2)),
  };
  const running = { name, status: { state: "running" as const, startedAt: at, progress } };
  const written: Phase = {
    name: "write",
    status: { state: "done", startedAt: at, endedAt: at, summary: "2 min 7 s, 24.8 MiB/s" },
  };
  const phases = name === "write" ? [imageDone, running, waiting("verify")] : [imageDone, written, running];
  return { ...withImage(run), phases, status: { state: "running", phase: name } };
}

export function finished(run: Run): Run {
  const verifying = transferring(run, "verify", 1);
  const verified: Phase = {
    name: "verify",
    status: { state: "done", startedAt: at, endedAt: at, summary: "every byte read back" },
  };
  const phases = [...verifying.phases.slice(0, 2), verified];
  return { ...verifying, phases, status: { state: "done", endedAt: "2026-03-02T09:46:10Z" } };
}

export function failed(run: Run): Run {
  const error = {
    code: "DRIVE_IO" as const,
    message: "The card stopped accepting data at 1.94 GiB.",
    hint: "The image and the inventory are safe. The card will not boot. Try another card or another reader, then retry.",
    details: { errno: "EIO", position: 2_083_059_138 },
  };
  const writing = transferring(run, "write", 0.63);
  const broken: Phase = { name: "write", status: { state: "failed", startedAt: at, endedAt: at, error } };
  return {
    ...writing,
    phases: [imageDone, broken, waiting("verify")],
    status: { state: "failed", phase: "write", endedAt: "2026-03-02T09:43:00Z", error },
  };
}

export function interrupted(run: Run): Run {
  return { ...transferring(run, "write", 0.3), status: { state: "interrupted", phase: "write" } };
}
