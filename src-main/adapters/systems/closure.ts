import { execa } from "execa";
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import type { ClosurePath } from "#core/ports/targets.ts";
import { type NixContext, runNixOrThrow } from "../nix/run-nix.ts";
import { outputOf } from "./output-of.ts";

/** Paths of one `nix-store --export`: the kernel limits a command line, and a closure has thousands. */
const PATHS_AT_ONCE = 2000;

const info = z.object({ narSize: z.number().catch(0) });
const infos = z.union([
  z.array(info.extend({ path: z.string() })).transform((list) => new Map(list.map((it) => [it.path, it]))),
  z.record(z.string(), info.nullable()).transform((byPath) => new Map(Object.entries(byPath))),
]);

/** Everything that a path refers to and itself, references first. */
export async function closureOf(
  context: NixContext,
  storePath: string,
  signal: AbortSignal,
): Promise<ClosurePath[]> {
  const aim = { flake: storePath, attribute: "closure" };
  const args = ["path-info", "--json", "--recursive", "--size", storePath];
  const sizes = infos.parse(JSON.parse(await runNixOrThrow(context, args, aim, { signal })));
  const { stdout } = await execa("nix-store", ["--query", "--requisites", storePath], {
    env: context.env,
    extendEnv: false,
    cancelSignal: signal,
  });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((path) => ({ path, sizeBytes: sizes.get(path)?.narSize ?? 0 }));
}

function exportFailed(stderr: string): FloppyError {
  return new FloppyError(
    "NIX_FAILED",
    `The system could not be read from this computer’s store: ${stderr.trim().split("\n").at(-1) ?? ""}`,
    "What was pushed before stays on the machine. Run `nix store verify --all` here, then retry this phase.",
  );
}

/** Bytes that end one export's stream: eight zeros, where another path would begin with a one. */
const END_BYTES = 8;

/** All paths as one stream: the end mark of every export but the last is held back. */
export async function* exportPaths(
  context: NixContext,
  paths: string[],
  signal: AbortSignal,
  pathsAtOnce = PATHS_AT_ONCE,
): AsyncIterable<Buffer> {
  for (let start = 0; start < paths.length; start += pathsAtOnce) {
    const isLast = start + pathsAtOnce >= paths.length;
    let held = Buffer.alloc(0);
    const args = ["--export", ...paths.slice(start, start + pathsAtOnce)];
    const program = { file: "nix-store", args, env: context.env };
    for await (const chunk of outputOf(program, signal, exportFailed)) {
      const all = Buffer.concat([held, chunk]);
      const keep = Math.min(END_BYTES, all.length);
      held = all.subarray(all.length - keep);
      if (all.length > keep) yield all.subarray(0, all.length - keep);
    }
    if (isLast) yield held;
  }
}
