import { z } from "zod";
import { untouched } from "./evaluate.ts";
import { type NixContext, type NixOptions, runNixOrThrow } from "./run-nix.ts";

const metadata = z.object({ url: z.string(), revision: z.string().nullish() });

/** Where a flake is just now; `url` names its revision, if it has one. */
export type LockedFlake = { url: string; revision: string | null };

export async function lockFlake(
  context: NixContext,
  flake: string,
  attribute: string,
  options: NixOptions,
): Promise<LockedFlake> {
  const args = ["flake", "metadata", "--json", ...untouched, flake];
  const found = metadata.parse(JSON.parse(await runNixOrThrow(context, args, { flake, attribute }, options)));
  // Only a revision pins what is built; a folder that has none is taken as it is when nix reads it.
  return found.revision ? { url: found.url, revision: found.revision } : { url: flake, revision: null };
}
