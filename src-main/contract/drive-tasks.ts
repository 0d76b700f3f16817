import { z } from "zod";
import { drive } from "./drives.ts";
import { errorData } from "./errors.ts";
import {
  driveLabel,
  driveReport,
  restoredDrive,
  savedDrive,
  savedImagePath,
  savedPart,
  testMode,
} from "./media.ts";
import { transferProgress } from "./runs.ts";

/** Something that is done to one drive beside provisioning: no device, no role, nothing in the inventory. */
const driveRequest = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("test"), mode: testMode }),
  z.object({ kind: z.literal("save"), path: z.string(), part: savedPart, replace: z.boolean() }),
  z.object({ kind: z.literal("restore"), label: driveLabel }),
]);
export type DriveRequest = z.infer<typeof driveRequest>;

export const driveResult = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("test"), report: driveReport }),
  z.object({ kind: z.literal("save"), saved: savedDrive }),
  z.object({ kind: z.literal("restore"), restored: restoredDrive }),
]);
export type DriveResult = z.infer<typeof driveResult>;

export const taskStage = z.enum(["write", "verify", "save"]);
export type TaskStage = z.infer<typeof taskStage>;

const ended = { endedAt: z.iso.datetime() };

export const driveTask = z.object({
  id: z.string(),
  request: driveRequest,
  /** As it was when it was chosen. */
  drive,
  startedAt: z.iso.datetime(),
  status: z.discriminatedUnion("state", [
    z.object({
      state: z.literal("running"),
      /** Null while there is nothing to measure: the drive is opened, or the task is quick. */
      progress: z.object({ stage: taskStage, ...transferProgress.shape }).nullable(),
    }),
    z.object({ state: z.literal("done"), ...ended, result: driveResult }),
    z.object({ state: z.literal("failed"), ...ended, error: errorData }),
    z.object({ state: z.literal("cancelled"), ...ended }),
  ]),
  /** What else there is to know, in whole sentences. */
  notes: z.array(z.string()),
});
export type DriveTask = z.infer<typeof driveTask>;

/** Whether what was on the drive is gone afterwards: then a person must have agreed to it. */
export function erases(request: DriveRequest): boolean {
  return request.kind === "restore" || (request.kind === "test" && request.mode === "full");
}

export const driveTaskCalls = {
  "drives.test": {
    input: z
      .object({
        driveKey: z.string(),
        mode: testMode,
        /** The deliberate act, for a full test: the key of the drive that the person agreed to erase. */
        eraseConfirmed: z.string().nullable(),
      })
      .strict(),
    output: driveTask,
  },
  "drives.save": {
    input: z
      .object({
        driveKey: z.string(),
        path: savedImagePath,
        part: savedPart,
        /** The deliberate act, where a file is there already: the very path that the person agreed to replace. */
        replaceConfirmed: z.string().nullable(),
      })
      .strict(),
    output: driveTask,
  },
  "drives.restore": {
    input: z.object({ driveKey: z.string(), label: driveLabel, eraseConfirmed: z.string() }).strict(),
    output: driveTask,
  },
  "drives.cancelTask": { input: z.object({ taskId: z.string() }).strict(), output: z.object({}).strict() },
  /** Puts a task aside that has ended. */
  "drives.dismissTask": { input: z.object({ taskId: z.string() }).strict(), output: z.object({}).strict() },
} as const;
