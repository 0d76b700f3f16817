/** A target that is connected: commands go in, outcomes come out, and the run's log has all of it. */
import { FloppyError } from "#contract/errors.ts";
import type { PhaseName } from "#contract/runs.ts";
import type { PlannedCommand } from "#contract/targets.ts";
import type { RemoteCommand, RemoteResult, RemoteSession } from "../ports/targets.ts";
import type { Recorder } from "../runs/recorder.ts";
import { shellQuote } from "../text/shell.ts";

const MINUTE_MS = 60_000;
/** What a question may be answered with; a machine that tells more is not asked again. */
const LIMIT_BYTES = 4 * 1024 ** 2;
/** Lines of one command that the log keeps: an endless one must not fill the inventory. */
const LOGGED_LINES = 2000;

export type Perform = {
  input?: RemoteCommand["input"];
  timeoutMs?: number;
  /** What a failure means; null where the usual words do. */
  failure?(result: RemoteResult, lastLines: string[]): FloppyError | null;
  onLine?(line: string): void;
};

export type Target = {
  /** The answer to a question that changes nothing; TARGET_FAILED where there is none. */
  ask(argv: readonly string[], timeoutMs?: number): Promise<string>;
  /** Does one command of the plan, `argv` where it is not run as it is shown; resolves to what it printed. */
  perform(command: PlannedCommand, options?: Perform & { argv?: readonly string[] }): Promise<string>;
};

/** What a program said last; where to read more about it is no reason. */
function lastWords(lines: string[]): string {
  const words = lines.filter((line) => line.trim() !== "" && !/^\s*dmesg\(1\)/.test(line));
  return words.at(-1)?.trim() ?? "it said nothing";
}

function failed(purpose: string, { exitCode, signal }: RemoteResult, lines: string[]): FloppyError {
  const how = exitCode === null ? `was ended by ${signal ?? "a signal"}` : `ended with ${exitCode}`;
  return new FloppyError(
    "TARGET_FAILED",
    `“${purpose}” ${how} on the machine: ${lastWords(lines)}`,
    "Every phase before this one is done and stays so. The log has the whole output; mend the cause and retry this phase.",
    { exitCode, signal, lines: lines.slice(-30) },
  );
}

export function createTarget(session: RemoteSession, recorder: Recorder, signal: AbortSignal): Target {
  async function run(purpose: string, command: RemoteCommand, options: Perform): Promise<RemoteResult> {
    const startedMs = performance.now();
    const lines: string[] = [];
    let logged = 0;
    const result = await session.run(
      {
        ...command,
        onLine(line) {
          lines.push(line);
          if (lines.length > 200) lines.shift();
          logged += 1;
          if (logged <= LOGGED_LINES) recorder.log("info", line);
          if (logged === LOGGED_LINES) recorder.log("warning", "… what follows is not kept …");
          options.onLine?.(line);
        },
      },
      signal,
    );
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    recorder.log(
      "info",
      `${purpose}: ${result.exitCode === 0 ? "done" : `exit code ${result.exitCode}`}, ${seconds} s`,
    );
    if (result.exitCode === 0) return result;
    throw options.failure?.(result, lines) ?? failed(purpose, result, lines);
  }

  return {
    async ask(argv, timeoutMs = MINUTE_MS) {
      const startedMs = performance.now();
      const result = await session.run({ argv, timeoutMs, limitBytes: LIMIT_BYTES }, signal);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      recorder.log("info", `$ ${shellQuote(argv)} (${seconds} s)`);
      if (result.exitCode === 0) return result.stdout;
      throw failed(argv[0] ?? "", result, result.stderr.split("\n"));
    },
    async perform({ purpose, command }, options = {}) {
      recorder.log("info", `$ ${command}`);
      const argv = options.argv ?? ["sh", "-euc", command];
      const { input, timeoutMs = 10 * MINUTE_MS } = options;
      const remote = { argv, timeoutMs, limitBytes: LIMIT_BYTES, ...(input !== undefined && { input }) };
      return (await run(purpose, remote, options)).stdout;
    },
  };
}

/** Does commands of a phase one after the other, and tells which one is under way. */
export async function performAll(
  target: Target,
  recorder: Recorder,
  phase: PhaseName,
  commands: readonly PlannedCommand[],
  options: Perform = {},
): Promise<void> {
  for (const [done, command] of commands.entries()) {
    const tell = (said: string | null) =>
      recorder.progress(phase, {
        kind: "commands",
        done,
        total: commands.length,
        purpose: command.purpose,
        said,
      });
    tell(null);
    await target.perform(command, { ...options, onLine: tell });
  }
}
