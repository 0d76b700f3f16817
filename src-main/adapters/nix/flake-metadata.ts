import { z } from "zod";
import { untouched } from "./evaluate.ts";
import { type FlakeReference, flakeNamed } from "./flake-reference.ts";
import { type NixContext, type NixOptions, runNixOrThrow } from "./run-nix.ts";

const metadata = z.object({ url: z.string(), revision: z.string().nullish() });

/** Where a flake is just now; the reference names its revision, if it has one. */
export type LockedFlake = { reference: FlakeReference; revision: string | null };

/** What `nix flake metadata` tells of a flake. */
export async function readMetadata(
  context: NixContext,
  flake: string,
  attribute: string,
  options: NixOptions,
): Promise<unknown> {
  const { url, folder } = flakeNamed(flake);
  const args = ["flake", "metadata", "--json", ...untouched, url];
  return JSON.parse(await runNixOrThrow(context, args, { flake, attribute }, { ...options, folder }));
}

export async function lockFlake(
  context: NixContext,
  flake: string,
  attribute: string,
  options: NixOptions,
): Promise<LockedFlake> {
  const { url, revision } = metadata.parse(await readMetadata(context, flake, attribute, options));
  // Only a revision pins what is built; a folder that has none is taken as it is when nix reads it.
  return revision ? { reference: { url }, revision } : { reference: flakeNamed(flake), revision: null };
}
