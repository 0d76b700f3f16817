import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { flakeNamed, outputUrl } from "./flake-reference.ts";
import { type NixContext, type NixOptions, runNixOrThrow } from "./run-nix.ts";

// A flake that is somebody else's is read, never changed, not even by a lock file.
export const untouched = ["--no-write-lock-file"];

/** The value of a flake's output, as plain data. */
export async function evaluateOutput(
  context: NixContext,
  flake: string,
  attribute: string,
  options: NixOptions = {},
): Promise<unknown> {
  const reference = flakeNamed(flake);
  const args = ["eval", "--json", ...untouched, outputUrl(reference, attribute)];
  const { folder } = reference;
  return JSON.parse(await runNixOrThrow(context, args, { flake, attribute }, { ...options, folder }));
}

/** The value of a nix file, which needs no flake, no lock and no network. */
export async function evaluateFile(context: NixContext, file: string): Promise<unknown> {
  const aim = { flake: file, attribute: "value" };
  return JSON.parse(await runNixOrThrow(context, ["eval", "--json", "--file", file], aim));
}

/** Said by a flake, and named to nix: anything else could be an option or another flake. */
const storePath = z
  .string()
  .regex(/^\/[^\s\p{Cc}]*\/[0-9a-z]{32}-[A-Za-z0-9+._?=-]+$/u, "This is no path of a store.");
const target = z.object({ system: z.string(), derivation: storePath.endsWith(".drv"), output: storePath });

/** For which system a target is built, by which derivation, and where its output will lie. */
export async function evaluateTarget(
  context: NixContext,
  flake: string,
  attribute: string,
  settings: string[],
  options: NixOptions,
): Promise<z.output<typeof target>> {
  const look = "it: { inherit (it) system; derivation = it.drvPath; output = it.outPath; }";
  const reference = flakeNamed(flake);
  const args = [
    "eval",
    "--json",
    ...untouched,
    outputUrl(reference, attribute),
    "--apply",
    look,
    ...settings,
  ];
  const within = { ...options, folder: reference.folder };
  const told = JSON.parse(await runNixOrThrow(context, args, { flake, attribute }, within));
  const parsed = target.safeParse(told);
  if (parsed.success) return parsed.data;
  throw new FloppyError(
    "NIX_FAILED",
    `${attribute} of the flake ${flake} is nothing that can be built: ${z.prettifyError(parsed.error)}`,
    "Nothing was written to any drive. Mend this output of the flake, choose another role, or use an image file.",
  );
}

/** The folder of nix's store. */
export async function storeFolder(context: NixContext, options: NixOptions): Promise<string> {
  const args = ["eval", "--json", "--expr", "builtins.storeDir"];
  const aim = { flake: "", attribute: "builtins.storeDir" };
  return z.string().parse(JSON.parse(await runNixOrThrow(context, args, aim, options)));
}
