import { z } from "zod";
import { driveIdentity } from "./drives.ts";
import { errorData } from "./errors.ts";
import { carriedIdentity } from "./identity.ts";
import { inspection } from "./images.ts";
import { driveLabel, driveReport, restoredDrive, savedDrive, savedPart, testMode } from "./media.ts";
import { transferProgress } from "./runs.ts";

/** A file to put into the image's FAT partition while it is written. */
const mediumFile = z.object({ path: z.string(), content: z.string() });
export type MediumFile = z.infer<typeof mediumFile>;

/**
 * What a drive's old bytes are good for. `full`: nothing, everything is written. `difference`: all are read, and only
 * what differs is written. `auto`: the writer looks as it goes, and compares where that is quicker.
 */
export const writeMode = z.enum(["auto", "full", "difference"]);
export type WriteMode = z.infer<typeof writeMode>;

/** A drive of a flash, and what is put on it beside the image; without files the image is written as it is. */
const flashTarget = z.object({
  drive: driveIdentity,
  files: z.array(mediumFile),
  /** Where the files go: into the image's own FAT partition, or into one that is put behind the image. */
  placement: z.enum(["firmware", "appended"]),
});
export type FlashTarget = z.infer<typeof flashTarget>;

/**
 * The first line on the writer's stdin: one job, then exit.
 * A line `{"command":"cancel"}` or the end of stdin (the parent died) ends it early; with a `target`, only that one.
 * Of an image that is arriving, `arrived` tells how much may be read, and `whole` that it is the one that was meant:
 * before that, no drive is made bootable.
 */
export const writerJob = z.discriminatedUnion("job", [
  /** Reads an image through to its end; needs no privilege and opens nothing for writing. */
  z.object({ job: z.literal("inspect"), path: z.string() }),
  z.object({
    job: z.literal("flash"),
    image: inspection,
    /** Set while the image is being downloaded: where its bytes lie until it is whole. */
    arriving: z.object({ path: z.string() }).optional(),
    mode: writeMode,
    /** Events name a target by its place here. */
    targets: z.array(flashTarget).min(1),
  }),
  z.object({
    job: z.literal("test"),
    drive: driveIdentity,
    mode: testMode,
    /** Where the quick test keeps the blocks that it borrows, until it has put them back. */
    journalFolder: z.string(),
  }),
  z.object({
    job: z.literal("save"),
    drive: driveIdentity,
    path: z.string(),
    part: savedPart,
    /** Whether a file that is there already may be replaced. */
    replace: z.boolean(),
  }),
  z.object({ job: z.literal("restore"), drive: driveIdentity, label: driveLabel }),
  /** Looks whose medium a drive is; whoever uses it goes on using it. */
  z.object({ job: z.literal("identity"), drive: driveIdentity }),
  /** Makes the image to practise with, in that folder; needs no privilege. */
  z.object({ job: z.literal("practice"), medium: z.enum(["card", "stick"]), folder: z.string() }),
]);
export type WriterJob = z.infer<typeof writerJob>;
export type FlashJob = Extract<WriterJob, { job: "flash" }>;
export type TestJob = Extract<WriterJob, { job: "test" }>;
export type SaveJob = Extract<WriterJob, { job: "save" }>;
export type RestoreJob = Extract<WriterJob, { job: "restore" }>;
export type IdentityJob = Extract<WriterJob, { job: "identity" }>;
export type PracticeJob = Extract<WriterJob, { job: "practice" }>;

/** Which drive of a flash it is about; without it, the job as a whole. */
const target = z.number().int().nonnegative().optional();

export const writerCommand = z.discriminatedUnion("command", [
  z.object({ command: z.literal("cancel"), target }),
  z.object({ command: z.literal("arrived"), bytes: z.number().int().nonnegative() }),
  z.object({ command: z.literal("whole") }),
]);
export type WriterCommand = z.infer<typeof writerCommand>;

/**
 * One line on the writer's stdout. The last one is a result, `failed` or `cancelled`. Of a flash, each target ends with
 * one of its own, in any order; one without a target speaks for all that had not ended yet.
 */
export const writerEvent = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("progress"),
    target,
    stage: z.enum(["inspect", "write", "verify", "save"]),
    ...transferProgress.shape,
  }),
  z.object({
    event: z.literal("log"),
    target,
    level: z.enum(["info", "warning", "error"]),
    text: z.string(),
  }),
  z.object({ event: z.literal("inspected"), inspection }),
  z.object({
    event: z.literal("flashed"),
    target,
    sizeBytes: z.number().int(),
    /** Of these, what the drive held already, and so was read but not written. */
    savedBytes: z.number().int(),
    /** XXH3 over the XXH3 of each MiB on the drive, hexadecimal. */
    checksum: z.string(),
    writeSeconds: z.number(),
    verifySeconds: z.number(),
  }),
  z.object({ event: z.literal("tested"), report: driveReport }),
  z.object({ event: z.literal("saved"), saved: savedDrive }),
  z.object({ event: z.literal("restored"), restored: restoredDrive }),
  /** Null where the drive carries no identity. */
  z.object({ event: z.literal("identified"), carried: carriedIdentity.nullable() }),
  z.object({ event: z.literal("made"), path: z.string() }),
  z.object({ event: z.literal("failed"), target, error: errorData }),
  z.object({ event: z.literal("cancelled"), target }),
]);
export type WriterEvent = z.infer<typeof writerEvent>;
export type WriterStage = Extract<WriterEvent, { event: "progress" }>["stage"];
export type FlashResult = Omit<Extract<WriterEvent, { event: "flashed" }>, "event" | "target">;

/** The writer's exit codes. */
export const writerExit = { done: 0, failed: 1, badJob: 2, cancelled: 3 } as const;
