import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { FloppyError } from "#contract/errors.ts";
import { type WriterJob, writerExit } from "#contract/writer.ts";
import { agreementOf, type DriveJob } from "#core/drives/agreement.ts";
import { asUser } from "../asking-user.ts";
import { openAnew } from "../drive/medium-watch.ts";
import type { Emit } from "../progress.ts";
import { HANDED, type HandedDrive, openerRequest } from "./messages.ts";
import { type OpenedDrive, openDrives } from "./open-drives.ts";

const FIRST_DESCRIPTOR = 3;

/**
 * All of a job that root does: it opens the drives that were agreed to, and starts the writer anew as the user who asked,
 * who inherits them. Images, files and what lies on a drive are read by that writer alone.
 */
export class Opener {
  readonly #uid: number;
  readonly #emit: Emit;
  /** What was said before the writer could hear it. */
  readonly #said: string[] = [];
  #writer: ChildProcess | null = null;

  constructor(uid: number, emit: Emit) {
    this.#uid = uid;
    this.#emit = emit;
  }

  /** Passes a line on to the writer. */
  say(line: string): void {
    if (this.#writer) this.#writer.stdin?.write(`${line}\n`);
    else this.#said.push(line);
  }

  /** Whether the process may be left at once: no writer is at work yet. */
  cancel(): boolean {
    if (this.#writer === null) return true;
    this.#writer.stdin?.end();
    return false;
  }

  /** The writer's exit code. */
  async run(job: WriterJob, line: string): Promise<number> {
    requireAgreement(job, process.argv.slice(2));
    const drives = isDriveJob(job) ? await openDrives(job, this.#emit) : [];
    const opened = drives.filter((drive) => drive.outcome === "opened");
    const [program = "", ...parameters] = await asUser(this.#uid, [process.execPath, process.argv[1] ?? ""]);
    const descriptors = opened.map(({ handle }) => handle.fd);
    const writer = spawn(program, parameters, {
      stdio: ["pipe", "inherit", "inherit", ...descriptors, "ipc"],
      env: { PATH: process.env.PATH, [HANDED]: "yes" },
      cwd: "/",
    });
    // Ends that come at any moment; the exit code tells.
    writer.stdin?.on("error", () => undefined);
    writer.on("message", (message) => void answer(writer, opened, message));
    await once(writer, "spawn");
    writer.send({ drives: drives.map((drive) => told(drive, opened)) });
    for (const one of [line, ...this.#said]) writer.stdin?.write(`${one}\n`);
    this.#writer = writer;
    const [code]: [number | null] = (await once(writer, "exit")) as never;
    return code ?? writerExit.failed;
  }
}

function isDriveJob(job: WriterJob): job is DriveJob {
  return job.job !== "inspect" && job.job !== "practice";
}

/** Polkit's dialog shows the arguments, so a job is held to them; sudo shows none. */
function requireAgreement(job: WriterJob, agreed: string[]): void {
  if (process.env.PKEXEC_UID === undefined && agreed.length === 0) return;
  const asked = isDriveJob(job) ? agreementOf(job) : [];
  if (asked.length === agreed.length && asked.every((one, index) => one === agreed[index])) return;
  throw new FloppyError(
    "WRITER_DENIED",
    "The writer was let in for something else than it is to do now.",
    "Nothing was written. Start over, and compare the drive that the password dialog names.",
    { agreed, asked },
  );
}

type Drive = Awaited<ReturnType<typeof openDrives>>[number];

function told(drive: Drive, opened: OpenedDrive[]): HandedDrive {
  if (drive.outcome === "refused") return drive;
  const index = opened.indexOf(drive);
  return { outcome: "opened", path: drive.path, index, descriptor: FIRST_DESCRIPTOR + index };
}

async function answer(writer: ChildProcess, opened: OpenedDrive[], message: unknown): Promise<void> {
  const { success, data } = openerRequest.safeParse(message);
  const drive = success && opened[data.index];
  if (!drive) return;
  const done = drive.isOpen && (await perform(data.act, drive));
  if (writer.connected) writer.send({ id: data.id, done });
}

async function perform(act: "ask" | "close", drive: OpenedDrive): Promise<boolean> {
  if (act === "ask") return openAnew(drive.handle.fd);
  drive.isOpen = false;
  await Promise.all([drive.handle.close(), drive.locked?.close()]);
  return true;
}
