import { z } from "zod";
import { driveIdentity } from "./drives.ts";
import { errorData } from "./errors.ts";
import { inspection } from "./images.ts";
import { driveLabel, driveReport, restoredDrive, savedDrive, savedPart, testMode } from "./media.ts";
import { transferProgress } from "./runs.ts";

/** A file to put into the image's FAT partition while it is written. */
const mediumFile = z.object({ path: z.string(), content: z.string() });
export type MediumFile = z.infer<typeof mediumFile>;

/**
 * The first line on the writer's stdin: one job, then exit.
 * A second line `{"command":"cancel"}` or the end of stdin (the parent died) ends it early.
 */
export const writerJob = z.discriminatedUnion("job", [
  /** Reads an image through to its end; needs no privilege and opens nothing for writing. */
  z.object({ job: z.literal("inspect"), path: z.string() }),
  z.object({
    job: z.literal("flash"),
    image: inspection,
    drive: driveIdentity,
    /** Empty: the image is written as it is. */
    files: z.array(mediumFile),
    /** Where the files go: into the image's own FAT partition, or into one that is put behind the image. */
    placement: z.enum(["firmware", "appended"]),
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
]);
export type WriterJob = z.infer<typeof writerJob>;
export type FlashJob = Extract<WriterJob, { job: "flash" }>;
export type TestJob = Extract<WriterJob, { job: "test" }>;
export type SaveJob = Extract<WriterJob, { job: "save" }>;
export type RestoreJob = Extract<WriterJob, { job: "restore" }>;

export const writerCommand = z.object({ command: z.literal("cancel") });

/** One line on the writer's stdout. The last one is a result, `failed` or `cancelled`. */
export const writerEvent = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("progress"),
    stage: z.enum(["inspect", "write", "verify", "save"]),
    ...transferProgress.shape,
  }),
  z.object({ event: z.literal("log"), level: z.enum(["info", "warning", "error"]), text: z.string() }),
  z.object({ event: z.literal("inspected"), inspection }),
  z.object({
    event: z.literal("flashed"),
    sizeBytes: z.number().int(),
    /** XXH3 of what was written and read back, hexadecimal. */
    checksum: z.string(),
    writeSeconds: z.number(),
    verifySeconds: z.number(),
  }),
  z.object({ event: z.literal("tested"), report: driveReport }),
  z.object({ event: z.literal("saved"), saved: savedDrive }),
  z.object({ event: z.literal("restored"), restored: restoredDrive }),
  z.object({ event: z.literal("failed"), error: errorData }),
  z.object({ event: z.literal("cancelled") }),
]);
export type WriterEvent = z.infer<typeof writerEvent>;
export type WriterStage = Extract<WriterEvent, { event: "progress" }>["stage"];
export type FlashResult = Omit<Extract<WriterEvent, { event: "flashed" }>, "event">;

/** The writer's exit codes. */
export const writerExit = { done: 0, failed: 1, badJob: 2, cancelled: 3 } as const;
