import { z } from "zod";
import { drive } from "./drives.ts";
import { errorData } from "./errors.ts";
import { harmless } from "./harmless.ts";
import { buildProgress, image, imageChoice } from "./images.ts";
import { announced, type Installation, installation } from "./targets.ts";

/** What makes a medium. */
const mediumPhases = ["image", "write", "verify"] as const;
/** What makes the machine that was booted from a stick an installed device. */
export const targetPhases = [
  "boot",
  "reach",
  "plan",
  "partition",
  "mount",
  "configure",
  "install",
  "check",
  "reboot",
  "confirm",
] as const;

/** Each kind of run, and its phases in their order; what they do is in the folder of core that has the kind's name. */
export const runKinds = {
  /** A card, or a stick to practise with. */
  medium: mediumPhases,
  /** A stick, and the machine that is installed from it. */
  install: [...mediumPhases, ...targetPhases],
} as const;
export type RunKind = keyof typeof runKinds;
export type MediumPhase = (typeof mediumPhases)[number];
export type TargetPhase = (typeof targetPhases)[number];
export const phaseName = z.enum([...mediumPhases, ...targetPhases]);
export type PhaseName = z.infer<typeof phaseName>;

export function isTargetPhase(name: PhaseName): name is TargetPhase {
  return (targetPhases as readonly PhaseName[]).includes(name);
}

/** Bytes over the wire to or from the medium. Speeds in bytes per second, `etaSeconds` null while unknown. */
export const transferProgress = z.object({
  position: z.number(),
  sizeBytes: z.number(),
  speed: z.number(),
  averageSpeed: z.number(),
  etaSeconds: z.number().nullable(),
});
export type TransferProgress = z.infer<typeof transferProgress>;

export const phaseProgress = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("build"), ...buildProgress.shape }),
  z.object({ kind: z.literal("transfer"), ...transferProgress.shape }),
  /** Of the download that writing waits for, until there is something to write. */
  z.object({ kind: z.literal("arrival"), ...transferProgress.shape }),
  /** Looks for the target: what was tried with what result, and who else is there. */
  z.object({
    kind: z.literal("search"),
    attempts: z.array(z.object({ address: z.string(), outcome: z.string() })),
    others: z.array(announced),
  }),
  /** A person is asked, and the run waits as long as it takes. */
  z.object({
    kind: z.literal("question"),
    question: z.enum(["boot", "disk"]),
    /** Other machines that are announced meanwhile. */
    others: z.array(announced),
  }),
  /** Commands of a phase, one after the other; `said` is the last line that the target printed. */
  z.object({
    kind: z.literal("commands"),
    done: z.number().int(),
    total: z.number().int(),
    purpose: z.string(),
    said: z.string().nullable(),
  }),
]);
export type PhaseProgress = z.infer<typeof phaseProgress>;

const started = { startedAt: z.iso.datetime() };
const ended = { ...started, endedAt: z.iso.datetime() };

/** `summary` is what the phase found out, in a few words, for the rail. */
const phaseState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("waiting") }),
  z.object({ state: z.literal("running"), ...started, progress: phaseProgress.nullable() }),
  z.object({ state: z.literal("done"), ...ended, summary: z.string() }),
  z.object({ state: z.literal("failed"), ...ended, error: errorData }),
  z.object({ state: z.literal("cancelled"), ...ended }),
]);
export type PhaseState = z.infer<typeof phaseState>;

export const phase = z.object({ name: phaseName, status: phaseState });
export type Phase = z.infer<typeof phase>;

const runState = z.discriminatedUnion("state", [
  z.object({ state: z.literal("running"), phase: phaseName }),
  z.object({ state: z.literal("done"), endedAt: z.iso.datetime() }),
  z.object({ state: z.literal("failed"), phase: phaseName, endedAt: z.iso.datetime(), error: errorData }),
  z.object({ state: z.literal("cancelled"), phase: phaseName, endedAt: z.iso.datetime() }),
  /** Its process died. Offered for resume at `phase`. */
  z.object({ state: z.literal("interrupted"), phase: phaseName }),
  /** All that was asked for is done; what remains begins at `phase`. */
  z.object({ state: z.literal("paused"), phase: phaseName }),
  /** Put aside by a person after it failed, was cancelled or interrupted. */
  z.object({ state: z.literal("dismissed"), endedAt: z.iso.datetime() }),
]);
export type RunState = z.infer<typeof runState>;
/** Of runs of which something is left to be done or decided. */
export const openStates = [
  "running",
  "failed",
  "cancelled",
  "interrupted",
  "paused",
] as const satisfies RunState["state"][];

/** What is asked for when a run starts. It holds no secret, so it can be kept and resumed. */
export const runRequest = z.object({
  serial: z.string(),
  role: z.string(),
  image: imageChoice,
  driveKey: z.string(),
  /** The deliberate act: the key of the drive that the person agreed to erase. */
  eraseConfirmed: z.string(),
  /** Only these phases are worked on, then the run is paused. Not given: all of them. */
  phases: z.array(phaseName).min(1).optional(),
});
export type RunRequest = z.infer<typeof runRequest>;

/** As many as the ports of a large hub, and more than a computer can feed. */
const LARGEST_BATCH = 64;

/** Several devices at once: one role, one image, one writer; a card and a serial for each. */
export const batchRequest = z.object({
  role: z.string(),
  image: imageChoice,
  members: z
    .array(runRequest.pick({ serial: true, driveKey: true, eraseConfirmed: true }).strict())
    .min(1)
    .max(LARGEST_BATCH),
  phases: z.array(phaseName).min(1).optional(),
});
export type BatchRequest = z.infer<typeof batchRequest>;

/** The batch that a run was started in: all of its serials, in their order. */
export const batch = z.object({ id: z.string(), serials: z.array(z.string()) });
export type Batch = z.infer<typeof batch>;

const anyRun = z.object({
  id: z.string(),
  serial: z.string(),
  host: z.string(),
  role: z.string(),
  /** `host-role`, the system's name in the flake. */
  target: z.string(),
  phases: z.array(phase),
  status: runState,
  startedAt: z.iso.datetime(),
});

/** Of runs that make a medium first. */
const withMedium = anyRun.extend({
  medium: z.enum(["card", "stick"]),
  imageChoice,
  /** As it was when it was chosen. */
  drive,
  image: image.nullable(),
  /** Null for a run of its own. */
  batch: batch.nullable(),
});

const mediumRun = withMedium.extend({ kind: z.literal("medium") });
/** `installation` is what is known of the machine that is installed. */
const installRun = withMedium.extend({ kind: z.literal("install"), installation });
export const run = z.discriminatedUnion("kind", [mediumRun, installRun]);
export type MediumRun = z.infer<typeof mediumRun>;
export type InstallRun = z.infer<typeof installRun>;
export type Run = z.infer<typeof run>;

/** What is known of the machine that a run installs; null for a run that installs none. */
export function installationOf(candidate: Run): Installation | null {
  return candidate.kind === "install" ? candidate.installation : null;
}

export const logLine = z.object({
  at: z.iso.datetime(),
  phase: phaseName.nullable(),
  level: z.enum(["info", "warning", "error"]),
  /** What an older Floppy logged is cleaned when it is read. */
  text: z.string().transform(harmless),
});
export type LogLine = z.infer<typeof logLine>;

export function mayResume(candidate: Run): boolean {
  return ["failed", "cancelled", "interrupted", "paused"].includes(candidate.status.state);
}

/** The phase where a run goes on; null where all are done. */
export function nextPhase(candidate: Pick<Run, "phases">): PhaseName | null {
  return candidate.phases.find(({ status }) => status.state !== "done")?.name ?? null;
}

/** Whether its medium is written and verified, so that the drive is free and only the target is left. */
export function mediumIsDone(candidate: Pick<Run, "phases">): boolean {
  const next = nextPhase(candidate);
  return next === null || isTargetPhase(next);
}

export function mayDismiss(candidate: Run): boolean {
  return mayResume(candidate);
}
