import { execa } from "execa";
import { cancelled } from "#contract/errors.ts";
import { evaluationOptions } from "#core/images/evaluation-options.ts";
import { type NixAim, nixError, nixMissing } from "#core/images/nix-errors.ts";
import { emptyNixStream, type NixStream, readNixLine, skippedLine } from "#core/images/nix-stream.ts";
import { boundedLines, FOREIGN_LINE_LIMIT } from "#core/text/bounded-lines.ts";
import { killTree } from "./kill-tree.ts";

export type NixContext = {
  env: NodeJS.ProcessEnv;
  /** How long nix may take to end its builders itself before it is killed with them. */
  graceMs: number;
};

export const defaultNixContext: NixContext = { env: process.env, graceMs: 5000 };

export type NixOptions = {
  signal?: AbortSignal;
  watch?: (stream: NixStream) => void;
  /** Where nix is run, for a reference that means this folder. */
  folder?: string | undefined;
};

export type NixOutcome = { succeeded: boolean; stdout: string; stream: NixStream };

/** Nix 2.8's evaluation cache can lose an output that a flake has; asked without it, nix finds it. */
const lostOutput = /attribute '.+' is unexpectedly missing/;
const machineReadable = ["--log-format", "internal-json"];
const features = ["--extra-experimental-features", "nix-command flakes"];

/** SIGTERM lets nix end its builders; one that does not heed it is killed with all below it. */
function stopOnAbort(child: { pid?: number; kill(): boolean }, context: NixContext, signal?: AbortSignal) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill();
    timer = setTimeout(() => child.pid && killTree(child.pid), context.graceMs);
  };
  signal?.addEventListener("abort", stop, { once: true });
  return () => {
    signal?.removeEventListener("abort", stop);
    clearTimeout(timer);
  };
}

async function follow(said: AsyncIterable<Uint8Array>, watch?: NixOptions["watch"]): Promise<NixStream> {
  let stream = emptyNixStream;
  const onTooLong = () => {
    stream = skippedLine(stream);
  };
  for await (const line of boundedLines(said, { limit: FOREIGN_LINE_LIMIT, onTooLong })) {
    stream = readNixLine(stream, line);
    watch?.(stream);
  }
  return stream;
}

async function runOnce(
  context: NixContext,
  args: string[],
  { signal, watch, folder }: NixOptions,
): Promise<NixOutcome> {
  if (signal?.aborted) throw cancelled("The build");
  const child = execa("nix", [...features, ...evaluationOptions, ...args, ...machineReadable], {
    env: { ...context.env, LC_ALL: "C" },
    extendEnv: false,
    ...(folder !== undefined && { cwd: folder }),
    reject: false,
    stdin: "ignore",
    buffer: { stderr: false },
  });
  const letGo = stopOnAbort(child, context, signal);
  try {
    const [result, stream] = await Promise.all([
      child,
      follow(child.iterable({ from: "stderr", binary: true }), watch),
    ]);
    if (signal?.aborted) throw cancelled("The build");
    if (result.code === "ENOENT") throw nixMissing();
    return { succeeded: !result.failed, stdout: result.stdout, stream };
  } finally {
    letGo();
  }
}

/**
 * Runs one nix command. A failing one is an outcome, for the caller to judge; nix that is
 * missing (NIX_MISSING) and the caller's own abort (CANCELLED) are thrown.
 */
export async function runNix(
  context: NixContext,
  args: string[],
  options: NixOptions = {},
): Promise<NixOutcome> {
  const outcome = await runOnce(context, args, options);
  const isLost = !outcome.succeeded && outcome.stream.errors.some((error) => lostOutput.test(error));
  return isLost ? runOnce(context, [...args, "--no-eval-cache"], options) : outcome;
}

/** As `runNix`, for a command whose failure is an error. */
export async function runNixOrThrow(
  context: NixContext,
  args: string[],
  aim: NixAim,
  options: NixOptions = {},
): Promise<string> {
  const { succeeded, stdout, stream } = await runNix(context, args, options);
  if (!succeeded) throw nixError(stream, aim);
  return stdout;
}
