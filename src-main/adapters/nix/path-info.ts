import { z } from "zod";
import { type NixContext, type NixOptions, runNix, runNixOrThrow } from "./run-nix.ts";

const info = z.object({ narHash: z.string() });
const invalid = z.object({ valid: z.literal(false) });

/** Nix before 2.19 gives a list, later ones an object by path. */
const pathInfo = z.union([
  z.tuple([z.union([info, invalid])]).transform(([first]) => first),
  z.record(z.string(), info.nullable()).transform((byPath) => Object.values(byPath)[0] ?? null),
]);

/** The hash of what `nix path-info --json PATH` tells of, or null where the store has no such path. */
export function parseNarHash(json: string): string | null {
  const found = pathInfo.parse(JSON.parse(json));
  return found && "narHash" in found ? found.narHash : null;
}

export async function isInStore(context: NixContext, path: string, options: NixOptions): Promise<boolean> {
  const { succeeded, stdout } = await runNix(context, ["path-info", "--json", path], options);
  return succeeded && parseNarHash(stdout) !== null;
}

export async function narHash(context: NixContext, path: string, options: NixOptions): Promise<string> {
  const aim = { flake: path, attribute: "path" };
  const hash = parseNarHash(await runNixOrThrow(context, ["path-info", "--json", path], aim, options));
  if (hash === null) throw new Error(`The store lost ${path} right after it was built.`);
  return hash;
}
