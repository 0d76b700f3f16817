import { z } from "zod";
import { drive } from "./drives.ts";
import { errorData } from "./errors.ts";
import { buildProgress, image, imageChoice } from "./images.ts";

export const phaseNames = ["image", "write", "verify"] as const;
const phaseName = z.enum(phaseNames);
export type PhaseName = z.infer<typeof phaseName>;

/** Bytes over the wire to or from the medium. Speeds in bytes per second, `etaSeconds` null while unknown. */
export const transferProgress = z.object({
  position: z.number(),
  sizeBytes: z.number(),
  speed: z.number(),
  averageSpeed: z.number(),
  etaSeconds: z.number().nullable(),
});
export type TransferProgress = z.infer<typeof transferProgress>;

const phaseProgress = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("build"), ...buildProgress.shape }),
  z.object({ kind: z.literal("transfer"), ...transferProgress.shape }),
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
  /** Put aside by a person after it failed, was cancelled or interrupted. */
  z.object({ state: z.literal("dismissed"), endedAt: z.iso.datetime() }),
]);
export type RunState = z.infer<typeof runState>;

/** What is asked for when a run starts. It holds no secret, so it can be kept and resumed. */
export const runRequest = z.object({
  serial: z.string(),
  role: z.string(),
  image: imageChoice,
  driveKey: z.string(),
  /** The deliberate act: the key of the drive that the person agreed to erase. */
  eraseConfirmed: z.string(),
});
export type RunRequest = z.infer<typeof runRequest>;

export const run = z.object({
  id: z.string(),
  serial: z.string(),
  host: z.string(),
  role: z.string(),
  /** `host-role`, the system's name in the flake. */
  target: z.string(),
  medium: z.enum(["card", "stick"]),
  imageChoice,
  /** As it was when it was chosen. */
  drive,
  image: image.nullable(),
  phases: z.array(phase),
  status: runState,
  startedAt: z.iso.datetime(),
});
export type Run = z.infer<typeof run>;

export const logLine = z.object({
  at: z.iso.datetime(),
  phase: phaseName.nullable(),
  level: z.enum(["info", "warning", "error"]),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLine>;

export function mayResume(candidate: Run): boolean {
  return ["failed", "cancelled", "interrupted"].includes(candidate.status.state);
}

export function mayDismiss(candidate: Run): boolean {
  return mayResume(candidate);
}
