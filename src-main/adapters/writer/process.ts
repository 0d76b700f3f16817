import { execa } from "execa";
import { cancelled, FloppyError } from "#contract/errors.ts";
import { type WriterCommand, type WriterEvent, type WriterJob, writerEvent } from "#contract/writer.ts";
import type { Arrival } from "#core/ports/images.ts";
import { boundedLines, WRITER_LINE_LIMIT } from "#core/text/bounded-lines.ts";
import { elevatedEnvironment } from "./environment.ts";

/** How a writer process ended. `last` is its closing event, if it came to one. */
export type WriterExit = {
  last: Exclude<WriterEvent, { event: "progress" | "log" }> | null;
  code: number | undefined;
  signal: string | undefined;
  stderrTail: string;
};

const works: Record<WriterJob["job"], string> = {
  inspect: "Reading the image",
  flash: "Writing",
  test: "The test",
  save: "Saving",
  restore: "Restoring",
  identity: "Reading the identity",
  practice: "Making the practice image",
};

/** A writer that has not ended this long after a cancel is killed. */
const KILL_AFTER_MS = 2000;
/** Who is let in is told anew by pkexec and sudo; without them the writer has the rights that Floppy has. */
const ownRights = { PKEXEC_UID: undefined, SUDO_UID: undefined };
const STDERR_TAIL_CHARACTERS = 4000;

export type RunOptions = {
  targets?: AbortSignal[];
  arrival?: Arrival | null;
  /** Whether the command asks for more rights first. */
  elevated?: boolean;
};

/**
 * Runs one job to its end. Jobs hold private keys: they go through stdin and nowhere else.
 * On abort the writer is asked to end, then made to. A writer that was cancelled, by whomever, rejects with CANCELLED.
 * Of a flash, `targets` cancel one drive each, by their order, and `arrival` is told to it while it works.
 */
export async function runWriter(
  command: string[],
  job: WriterJob,
  onEvent: (event: WriterEvent) => void,
  signal: AbortSignal,
  { targets = [], arrival = null, elevated = false }: RunOptions = {},
): Promise<WriterExit> {
  const work = works[job.job];
  if (signal.aborted) throw cancelled(work);
  const [program = "", ...parameters] = command;
  const child = execa(program, parameters, {
    stdin: "pipe",
    buffer: false,
    reject: false,
    ...(elevated ? { env: elevatedEnvironment(process.env), extendEnv: false } : { env: ownRights }),
  });
  // A writer that ends before it reads its job says why on stdout.
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  let kill: NodeJS.Timeout | undefined;
  const line = (command: WriterCommand) => `${JSON.stringify(command)}\n`;
  const say = (command: WriterCommand) => child.stdin.writable && child.stdin.write(line(command));
  const stop = () => {
    child.stdin.end(line({ command: "cancel" }));
    kill ??= setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  const release = [
    ...targets.map((each, target) => onAbort(each, () => say({ command: "cancel", target }))),
    onAbort(signal, stop),
    ...(arrival ? [arrival.watch((bytes) => say({ command: "arrived", bytes }))] : []),
  ];
  // Whoever ordered it hears of a download that failed, and cancels.
  arrival?.whole.then(
    () => say({ command: "whole" }),
    () => undefined,
  );
  try {
    const [last, stderrTail, result] = await Promise.all([
      readEvents(child.iterable({ binary: true }), onEvent),
      readTail(child.iterable({ from: "stderr", binary: true })),
      child,
    ]);
    // Ctrl-C reaches the whole group: the writer may have heard of it before this process cancels anything.
    const wasCancelled = last?.event === "cancelled" && last.target === undefined;
    if (wasCancelled || (signal.aborted && !isResult(last))) throw cancelled(work);
    return {
      last,
      code: result.exitCode,
      signal: result.signal,
      stderrTail: stderrTail || (result.message ?? ""),
    };
  } catch (error) {
    // Whoever listened may have thrown: then the writer is still at work, and the drive not free yet.
    stop();
    await child;
    throw error;
  } finally {
    clearTimeout(kill);
    for (const undo of release) undo();
  }
}

/** Acts on an abort that comes, or came already; returns what ends the waiting. */
function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act();
  signal.addEventListener("abort", act);
  return () => signal.removeEventListener("abort", act);
}

/** What was done before the cancel came is done. Nobody needs what a cancelled reading found. */
function isResult(last: WriterExit["last"]): boolean {
  return last !== null && last.event !== "failed" && last.event !== "inspected" && last.event !== "cancelled";
}

function refuseTooLong(): never {
  throw new FloppyError(
    "WRITER_CRASHED",
    "The writer said more at once than it can have to say.",
    "Start over; if it repeats, report it with the log.",
  );
}

async function readEvents(said: AsyncIterable<Uint8Array>, onEvent: (event: WriterEvent) => void) {
  let last: WriterExit["last"] = null;
  for await (const line of boundedLines(said, { limit: WRITER_LINE_LIMIT, onTooLong: refuseTooLong })) {
    const event = parseEvent(line);
    if (event === null) continue;
    if (event.event !== "progress" && event.event !== "log") last = event;
    onEvent(event);
  }
  return last;
}

function parseEvent(line: string): WriterEvent | null {
  try {
    return writerEvent.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

async function readTail(said: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of said) {
    tail = `${tail}${decoder.decode(chunk, { stream: true })}`.slice(-STDERR_TAIL_CHARACTERS);
  }
  return tail;
}
