/** The writer: reads one job from stdin, does it, tells of it on stdout, and ends. */
import { toErrorData } from "#contract/errors.ts";
import {
  type IdentityJob,
  type RestoreJob,
  type SaveJob,
  type TestJob,
  type WriterCommand,
  type WriterEvent,
  type WriterJob,
  writerCommand,
  writerExit,
} from "#contract/writer.ts";
import { createBoundedLines, WRITER_LINE_LIMIT } from "#core/text/bounded-lines.ts";
import { withToolFolders } from "#linux/tool-folders.ts";
import { askingUser } from "./asking-user.ts";
import type { Flash } from "./flash.ts";
import { badJob, parseJob } from "./job.ts";
import "./opener/handed.ts";

let state: "waiting" | "working" = "waiting";

/** What a cancel does to the work under way; whether the process may then be left at once. */
let stop: (target?: number) => boolean = () => true;

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

/** What was told of an image that is arriving, before there is a flash to hear of it. */
const told: Parameters<Flash["hear"]>[0][] = [];
let hear: Flash["hear"] = (one) => void told.push(one);

function cancel(target?: number): void {
  if (stop(target)) end({ event: "cancelled" }, writerExit.cancelled);
}

/** Set where root opens the drives and another process does the work: then each line is for that one. */
let passOn: ((line: string) => void) | null = null;

async function open(uid: number, job: WriterJob, line: string): Promise<number> {
  const early: string[] = [];
  passOn = (one) => void early.push(one);
  const { Opener } = await import("./opener/opener.ts");
  const opener = new Opener(uid, emit);
  for (const one of early) opener.say(one);
  passOn = (one) => opener.say(one);
  stop = () => opener.cancel();
  return opener.run(job, line);
}

/** The exit code; what came of the job was told before. */
async function perform(job: WriterJob): Promise<number> {
  if (job.job === "inspect") {
    const { inspect } = await import("./inspect.ts");
    emit({ event: "inspected", inspection: await inspect(job.path, emit) });
    return writerExit.done;
  }
  if (job.job === "practice") {
    const { makePracticeImage } = await import("./practice/make-image.ts");
    emit({ event: "made", path: await makePracticeImage(job) });
    return writerExit.done;
  }
  if (job.job === "flash") {
    const { Flash } = await import("./flash.ts");
    const flash = new Flash(job, emit);
    stop = (target) => flash.cancel(target);
    hear = (one) => flash.hear(one);
    told.forEach(hear);
    return flash.run();
  }
  emit(await onDrive(job));
  return writerExit.done;
}

async function onDrive(job: TestJob | SaveJob | RestoreJob | IdentityJob): Promise<WriterEvent> {
  const stay = () => {
    stop = () => false;
  };
  if (job.job === "test") return (await import("./test-drive.ts")).testDrive(job, emit, stay);
  if (job.job === "identity") {
    const { identifyDrive } = await import("./identify-drive.ts");
    return { event: "identified", carried: await identifyDrive(job) };
  }
  if (job.job === "save") return (await import("./save-drive.ts")).saveDrive(job, emit);
  return (await import("./restore-drive.ts")).restoreDrive(job, emit);
}

function obey(command: WriterCommand | null): void {
  if (command?.command === "cancel") cancel(command.target);
  else if (command) hear(command);
}

function receive(line: string): void {
  if (state !== "waiting") {
    if (passOn) passOn(line);
    else obey(parseCommand(line));
    return;
  }
  state = "working";
  const parsed = parseJob(line);
  if (!parsed.ok) fail(parsed.error, writerExit.badJob);
  const { job } = parsed;
  const uid = askingUser();
  const done = uid === null ? perform(job) : open(uid, job, line);
  done.then((code) => process.exit(code), fail);
}

function parseCommand(line: string): WriterCommand | null {
  try {
    return writerCommand.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Whoever speaks so is not our Floppy: nothing is begun for it, and what was begun is cancelled. */
function onTooLong(): void {
  if (state === "waiting") fail(badJob("it is longer than any can be"), writerExit.badJob);
  cancel();
}

function onEndOfInput(): void {
  if (state === "waiting") fail(badJob("there is none"), writerExit.badJob);
  cancel();
}

// A thread for each drive that keeps one waiting, and some for the image: read before the first one is started.
process.env.UV_THREADPOOL_SIZE = "24";
// What root runs for another user is the system's, not found by that user's PATH.
process.env.PATH = withToolFolders(askingUser() === null ? process.env.PATH : undefined);
process.on("uncaughtException", (error) => fail(error));
process.on("unhandledRejection", (error) => fail(error));
process.stdout.on("error", () => process.exit(writerExit.cancelled));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => cancel());
const lines = createBoundedLines({ limit: WRITER_LINE_LIMIT, onLine: receive, onTooLong });
process.stdin
  .setEncoding("utf8")
  .on("data", (text: string) => lines.write(text))
  .on("end", () => {
    lines.end();
    onEndOfInput();
  });
