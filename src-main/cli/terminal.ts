import { once } from "node:events";
import { createInterface } from "node:readline";
import { cancelled } from "#contract/errors.ts";
import { harmless } from "#contract/harmless.ts";

export type Channel = {
  write(text: string): void;
  /** Whether what stands there can be drawn over: else lines follow each other, as in a log. */
  canDraw: boolean;
  columns(): number;
};

/** Where the command speaks and listens. */
export type Terminal = {
  stdout: Channel;
  stderr: Channel;
  /** Whether a person can be asked. */
  interactive: boolean;
  /** One line typed by a person; CANCELLED when the input ends or on abort. */
  ask(question: string, signal: AbortSignal): Promise<string>;
};

/** The terminal as everybody gets it: nothing but words comes through, whoever said them. */
export function wordsOnly(terminal: Terminal): Terminal {
  const wordsOf = (channel: Channel): Channel => ({
    ...channel,
    write: (text) => channel.write(harmless(text)),
  });
  return {
    ...terminal,
    stdout: wordsOf(terminal.stdout),
    stderr: wordsOf(terminal.stderr),
    ask: (question, signal) => terminal.ask(harmless(question), signal),
  };
}

/** A terminal that knows no cursor, or a build server's that only looks like one, gets plain lines. */
export function canDrawOn(
  { isTTY }: { isTTY?: boolean },
  { TERM = "", CI = "" }: NodeJS.ProcessEnv,
): boolean {
  const isPlain = ["", "dumb", "unknown"].includes(TERM) || !["", "0", "false"].includes(CI);
  return isTTY === true && !isPlain;
}

function channel(stream: NodeJS.WriteStream): Channel {
  // Whoever read our output may go away early, as `head` does; the work goes on without them.
  stream.on("error", () => undefined);
  return {
    write: (text) => void stream.write(text),
    canDraw: canDrawOn(stream, process.env),
    // A terminal that was never told its size, as over a serial line, says 0.
    columns: () => stream.columns || 80,
  };
}

/** Line mode, so that Ctrl-C stays a signal; what was typed before the question is not an answer to it. */
async function askLine(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(question);
  try {
    const ended = once(lines, "close", { signal }).then(() => Promise.reject(cancelled("The question")));
    const typed = once(lines, "line", { signal }).then(([line]) => String(line));
    return await Promise.race([typed, ended]);
  } catch {
    process.stderr.write("\n");
    throw cancelled("The question");
  } finally {
    lines.close();
  }
}

export function processTerminal(): Terminal {
  return {
    stdout: channel(process.stdout),
    stderr: channel(process.stderr),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    ask: askLine,
  };
}
