/** One run, at every point where a screen shows it differently. */
import type { ErrorData } from "#contract/errors.ts";
import { type Phase, type PhaseName, type PhaseProgress, type Run, runKinds } from "#contract/runs.ts";
import { type Announced, nothingInstalled, type TargetDisk } from "#contract/targets.ts";
import { makePlan } from "#core/install/plan.ts";
import { facts, flakeLayout, samsung } from "../../unit/core/install/machine.ts";
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
    kind: "medium",
    batch: null,
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

/** The run while its image comes over the network. */
export function downloading(run: Run): Run {
  const sizeBytes = 912_000_000;
  const progress = {
    kind: "transfer" as const,
    position: Math.round(sizeBytes * 0.4),
    sizeBytes,
    speed: 11.2 * 1024 ** 2,
    averageSpeed: 10.9 * 1024 ** 2,
    etaSeconds: 47,
  };
  const status = { state: "running" as const, startedAt: at, progress };
  const imageChoice = { kind: "download" as const, sha256: "4f".repeat(32) };
  return { ...run, imageChoice, phases: [{ name: "image", status }, waiting("write"), waiting("verify")] };
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

const others: Announced[] = [
  {
    name: "floppy-del-00009",
    addresses: [{ host: "192.168.1.52", port: 22 }],
    serial: "FLOPPY-DEL-00009",
    runId: "another",
    target: "dell-dev",
    system: "installer",
  },
  {
    name: "floppy-del-00002",
    addresses: [{ host: "192.168.1.31", port: 22 }],
    serial: "FLOPPY-DEL-00002",
    runId: null,
    target: "dell-node",
    system: "device",
  },
];

/** What each phase found out, in the words of the core. */
const found: Record<PhaseName, string> = {
  image: "built · 4f1c08…9ae2",
  write: "2 min 7 s, 24.8 MiB/s",
  verify: "every byte read back",
  boot: "found by itself",
  reach: "192.168.1.47 · key matches",
  plan: "Samsung PM9A1, 512 GB",
  partition: "GPT, 2 partitions",
  mount: "6 mounts as laid out",
  configure: "flake and identity",
  install: "a1b2a1b2",
  check: "boot files, system, mounts",
  reboot: "restarted",
  confirm: "runs what was built",
};

const plan = makePlan({ facts, layout: flakeLayout, target: "dell-dev" }, samsung.key, "here");

/** A laptop's run at one of the phases behind its stick, with what it knows by then. */
export function targetRun(phase: PhaseName, progress: PhaseProgress | null = null): Run {
  const names: readonly PhaseName[] = runKinds.install;
  const reached = names.indexOf(phase);
  const phases = names.map((name, index): Phase => {
    if (index > reached) return waiting(name);
    if (index === reached) return { name, status: { state: "running", startedAt: at, progress } };
    return { name, status: { state: "done", startedAt: at, endedAt: at, summary: found[name] } };
  });
  const knows = (name: PhaseName) => reached > names.indexOf(name);
  return {
    ...withImage(cardRun({ serial: "FLOPPY-DEL-00007", role: "dev" })),
    host: "dell",
    target: "dell-dev",
    kind: "install",
    medium: "stick",
    phases,
    installation: {
      ...nothingInstalled,
      address: knows("boot") ? { host: "192.168.1.47", port: 22 } : null,
      facts: reached >= names.indexOf("plan") ? facts : null,
      plan: knows("plan") ? plan : null,
      system: knows("plan")
        ? {
            storePath: `/nix/store/${"a1b2".repeat(8)}-nixos-system-floppy-24.11`,
            drvPath: null,
            flake: "path:/opt/floppy/nixos",
            revision: null,
          }
        : null,
    },
    status: { state: "running", phase },
  };
}

export const atBoot = () => targetRun("boot", { kind: "question", question: "boot", others });

export const atReach = () =>
  targetRun("reach", {
    kind: "search",
    attempts: [
      { address: "192.168.1.47", outcome: "192.168.1.47 does not answer: nothing listens there yet." },
    ],
    others,
  });

export const atDisk = () => targetRun("plan", { kind: "question", question: "disk", others: [] });

export const partitioning = () =>
  targetRun("partition", {
    kind: "commands",
    done: 1,
    total: 4,
    purpose: "Format floppy-esp",
    said: "mkfs.fat 4.2 (2021-01-31)",
  });

/** After the disk was agreed to, and before it is touched. */
export const preparing = () =>
  targetRun("plan", {
    kind: "build",
    stage: "building",
    doneItems: 212,
    expectedItems: 388,
    doneBytes: 1.2 * GiB,
    expectedBytes: 2.9 * GiB,
    current: "nixos-system-floppy-24.11",
  });

export const restarting = () => targetRun("reboot");

export const pushing = (fraction: number) =>
  targetRun("install", {
    kind: "transfer",
    position: 2.4e9 * fraction,
    sizeBytes: 2.4e9,
    speed: 88e6,
    averageSpeed: 84e6,
    etaSeconds: 14,
  });

/** A run whose phase under way failed. */
export function failedWith(run: Run, error: ErrorData): Run {
  if (run.status.state !== "running") return run;
  const { phase } = run.status;
  const phases = run.phases.map((one) =>
    one.name === phase
      ? { name: one.name, status: { state: "failed" as const, startedAt: at, endedAt: at, error } }
      : one,
  );
  return { ...run, phases, status: { state: "failed", phase, endedAt: at, error } };
}

export const strangerAnswered = () =>
  failedWith(atReach(), {
    code: "HOST_KEY_WRONG",
    message: "192.168.1.47 is FLOPPY-DEL-00002, not the machine that was booted from this stick.",
    hint: "Floppy did not log in, and nothing was sent there. Give the address on the machine’s screen.",
    details: {
      address: "192.168.1.47",
      expected: `SHA256:${"a".repeat(43)}`,
      found: `SHA256:${"b".repeat(43)}`,
    },
  });

export const installFailed = () =>
  failedWith(pushing(0.4), {
    code: "INSTALL_FAILED",
    message: "nixos-install ended with 1: error: writing to file: No space left on device",
    hint: "The disk is laid out and keeps what was copied; the machine was not restarted. Retry this phase: it goes on where it stopped.",
    details: { exitCode: 1, lines: ["error: writing to file: No space left on device"] },
  });

/** Whatever of a run at its disk question a machine may lie about. */
export function hostile(run: Run): Run {
  const endless = "W".repeat(400);
  const [one] = facts.disks;
  if (!one || run.kind !== "install") return run;
  const { identity } = one;
  const disk = (key: string, name: string, serial: string | null): TargetDisk => ({
    ...one,
    key,
    name,
    identity: { ...identity, path: `/dev/${endless}`, serial, model: name },
    volumes: one.volumes.map((volume) => ({ ...volume, label: `\u202e${endless}`, filesystem: endless })),
  });
  const disks = [
    disk("spells", "$(reboot) `rm -rf /` <img src=x onerror=alert(1)>", "\u202e;rm"),
    disk("endless", endless, endless),
    { ...disk("refused", endless, null), refusal: endless },
  ];
  const lies = { ...facts, product: `<b>${endless}</b>`, disks, clockOffsetSeconds: -1e9 };
  return { ...run, installation: { ...run.installation, facts: lies } };
}

export function provisioned(): Run {
  const run = targetRun("confirm");
  const phases = run.phases.map(
    ({ name }): Phase => ({
      name,
      status: { state: "done", startedAt: at, endedAt: at, summary: found[name] },
    }),
  );
  return { ...run, phases, status: { state: "done", endedAt: "2026-03-02T10:12:00Z" } };
}
