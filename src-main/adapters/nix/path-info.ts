import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { type NixContext, type NixOptions, runNix, runNixOrThrow } from "./run-nix.ts";

/** Without a hash: what is not in the store. */
const info = z.object({ narHash: z.string().optional() });

/** Nix before 2.19 gives a list, later ones an object by path. */
const pathInfo = z.union([
  z.array(info.extend({ path: z.string() })).transform((list) => new Map(list.map((it) => [it.path, it]))),
  z.record(z.string(), info.nullable()).transform((byPath) => new Map(Object.entries(byPath))),
]);

/** The hash that `nix path-info --json` tells of a path, or null where the store does not have it. */
export function parseNarHash(json: string, path: string): string | null {
  return pathInfo.parse(JSON.parse(json)).get(path)?.narHash ?? null;
}

export async function isInStore(context: NixContext, path: string, options: NixOptions): Promise<boolean> {
  const { succeeded, stdout } = await runNix(context, ["path-info", "--json", path], options);
  return succeeded && parseNarHash(stdout, path) !== null;
}

function lost(path: string): FloppyError {
  return new FloppyError(
    "NIX_FAILED",
    `The store lost ${path} right after it was built.`,
    "Nothing was written. Somebody may be collecting garbage here: build it again.",
    { path },
  );
}

export async function narHash(context: NixContext, path: string, options: NixOptions): Promise<string> {
  const aim = { flake: path, attribute: "path" };
  const json = await runNixOrThrow(context, ["path-info", "--json", path], aim, options);
  const hash = parseNarHash(json, path);
  if (hash === null) throw lost(path);
  return hash;
}
