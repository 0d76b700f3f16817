/** The writer: reads one job from stdin, does it, tells of it on stdout, and ends. */
import { createInterface } from "node:readline";
import { toErrorData } from "#contract/errors.ts";
import { type WriterEvent, type WriterJob, writerCommand, writerExit } from "#contract/writer.ts";
import { badJob, parseJob } from "./job.ts";

/** Where an elevated process, or one on NixOS, does not look by itself. */
const toolFolders = [
  "/run/wrappers/bin",
  "/run/current-system/sw/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

let state: "waiting" | "working" | "committing" = "waiting";

/** Node writes to pipes at once, so the last line is out before the exit. */
function emit(event: WriterEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** No gentle end: etcher-sdk cannot be stopped, and leaving closes the drive whatever is under way. */
function end(event: WriterEvent, exitCode: number): never {
  emit(event);
  process.exit(exitCode);
}

function fail(error: unknown, exitCode: number = writerExit.failed): never {
  return end({ event: "failed", error: toErrorData(error) }, exitCode);
}

/** All but the last moment can be left at once; a head that is being written is read back before anybody leaves. */
function cancel(): void {
  if (state !== "committing") end({ event: "cancelled" }, writerExit.cancelled);
}

async function perform(job: WriterJob): Promise<WriterEvent> {
  if (job.job === "inspect") {
    const { inspect } = await import("./inspect.ts");
    return { event: "inspected", inspection: await inspect(job.path, emit) };
  }
  const stay = () => {
    state = "committing";
  };
  if (job.job === "test") return (await import("./test-drive.ts")).testDrive(job, emit, stay);
  if (job.job === "save") return (await import("./save-drive.ts")).saveDrive(job, emit);
  if (job.job === "restore") return (await import("./restore-drive.ts")).restoreDrive(job, emit);
  const { flash } = await import("./flash.ts");
  return flash(job, emit, stay);
}

function receive(line: string): void {
  if (state !== "waiting") {
    if (isCancel(line)) cancel();
    return;
  }
  state = "working";
  const parsed = parseJob(line);
  if (!parsed.ok) fail(parsed.error, writerExit.badJob);
  perform(parsed.job).then((event) => end(event, writerExit.done), fail);
}

function isCancel(line: string): boolean {
  try {
    return writerCommand.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}

function onEndOfInput(): void {
  if (state === "waiting") fail(badJob("there is none"), writerExit.badJob);
  cancel();
}

process.env.PATH = [process.env.PATH, ...toolFolders].filter(Boolean).join(":");
process.on("uncaughtException", (error) => fail(error));
process.on("unhandledRejection", (error) => fail(error));
process.stdout.on("error", () => process.exit(writerExit.cancelled));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, cancel);
createInterface({ input: process.stdin }).on("line", receive).on("close", onEndOfInput);
