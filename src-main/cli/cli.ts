import { CommanderError } from "commander";
import { FloppyError, toErrorData } from "#contract/errors.ts";
import { createBatchReport } from "./batch-report.ts";
import type { Context } from "./context.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { createReport } from "./report.ts";
import { wordsOnly } from "./terminal.ts";

/** The effects of the command; tests pass their own. */
export type World = Pick<Context, "open" | "places" | "terminal" | "signal"> & { version: string };

function usageError({ message }: CommanderError): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    message.replace(/^error: /, ""),
    "Nothing was started. --help shows how it is used.",
  );
}

/** Runs the command with its arguments, without the program's own name; resolves to the exit code. */
export async function runCli(world: World, args: string[]): Promise<ExitCode> {
  const json = args.includes("--json");
  const report = createReport(world.terminal, json, args.includes("--verbose"));
  const batchReport = (size: number) => createBatchReport(world.terminal, json, size);
  const context = { ...world, terminal: wordsOnly(world.terminal), report, batchReport, json };
  try {
    await createProgram(context, world.version).parseAsync(args, { from: "user" });
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.done;
    // Commander shows the help itself when no command is named.
    if (thrown instanceof CommanderError && thrown.code === "commander.help") return exitCodes.usage;
    const error = toErrorData(thrown instanceof CommanderError ? usageError(thrown) : thrown);
    report.error(error);
    return exitCodeOf(error.code);
  }
}
