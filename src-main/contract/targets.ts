/** What is known of a machine that was booted from a stick, and what is going to happen to it. */
import { z } from "zod";
import { driveIdentity, transport, volume } from "./drives.ts";
import { layout } from "./layout.ts";

export const targetAddress = z.object({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
});
export type TargetAddress = z.infer<typeof targetAddress>;

/** A machine that says on the network that it runs one of Floppy's systems. Whatever it says may be a lie. */
export const announced = z.object({
  name: z.string(),
  addresses: z.array(targetAddress),
  serial: z.string().nullable(),
  runId: z.string().nullable(),
  target: z.string().nullable(),
  system: z.enum(["installer", "device"]).nullable(),
});
export type Announced = z.infer<typeof announced>;

export const targetDisk = z.object({
  /** Stays the same as long as it is the same disk, whatever the kernel calls it. */
  key: z.string(),
  name: z.string(),
  identity: driveIdentity,
  transport,
  volumes: z.array(volume),
  /** Why it cannot be chosen; null where it can. */
  refusal: z.string().nullable(),
});
export type TargetDisk = z.infer<typeof targetDisk>;

export const targetFacts = z.object({
  /** As its maker calls it: `Dell Inc. Latitude 5440`. */
  product: z.string().nullable(),
  processor: z.string().nullable(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  availableBytes: z.number(),
  firmware: z.enum(["uefi", "bios"]),
  power: z.discriminatedUnion("source", [
    z.object({ source: z.literal("mains") }),
    z.object({ source: z.literal("battery"), percent: z.number().nullable() }),
  ]),
  /** How far its clock was from this machine's, positive where it was ahead. */
  clockOffsetSeconds: z.number(),
  addresses: z.array(z.string()),
  disks: z.array(targetDisk),
});
export type TargetFacts = z.infer<typeof targetFacts>;

/** Where the system is built: on this machine (or its remote builders) and pushed, or by the target itself. */
export const buildPlace = z.enum(["here", "target"]);
export type BuildPlace = z.infer<typeof buildPlace>;

/** One command of the plan, as it will be run; `purpose` says why in a few words. */
export const plannedCommand = z.object({ phase: z.string(), purpose: z.string(), command: z.string() });
export type PlannedCommand = z.infer<typeof plannedCommand>;

/** What was agreed to: nothing is written to the target before there is one. */
export const installPlan = z.object({
  disk: targetDisk,
  layout,
  buildPlace,
  commands: z.array(plannedCommand),
});
export type InstallPlan = z.infer<typeof installPlan>;

/** The system that is installed. */
export const builtSystem = z.object({
  storePath: z.string(),
  /** Null where the target built it. */
  drvPath: z.string().nullable(),
  flake: z.string(),
  revision: z.string().nullable(),
});
export type BuiltSystem = z.infer<typeof builtSystem>;

/** What a run knows of its target so far; each phase adds what it found out. */
export const installation = z.object({
  address: targetAddress.nullable(),
  /** Changes whenever the target is started: what was mounted before is gone then. */
  bootId: z.string().nullable(),
  facts: targetFacts.nullable(),
  plan: installPlan.nullable(),
  system: builtSystem.nullable(),
});
export type Installation = z.infer<typeof installation>;

export const nothingInstalled: Installation = {
  address: null,
  bootId: null,
  facts: null,
  plan: null,
  system: null,
};
