/** Copies of flakes that know the hardware of one machine. */
import { chmod, cp, lstat, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { untouched } from "../nix/evaluate.ts";
import { type NixContext, runNixOrThrow } from "../nix/run-nix.ts";

const metadata = z.object({
  path: z.string(),
  revision: z.string().nullish(),
  original: z.object({ dir: z.string().optional() }).optional(),
  resolved: z.object({ dir: z.string().optional() }).optional(),
});

export function stagedFolder(folder: string, runId: string): string {
  return join(folder, runId, "flake");
}

/** What nix's store gives is read-only, and a copy of it that cannot be changed could not even be removed. */
async function makeWritable(path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return;
  await chmod(path, stats.mode | 0o200);
  if (!stats.isDirectory()) return;
  for (const name of await readdir(path)) await makeWritable(join(path, name));
}

/**
 * The flake as it is just now, in a folder of its own, with `hardware-configuration.nix` beside its flake.nix. What
 * is built from it is what the device gets as its own copy.
 */
export async function stageFlake(
  context: NixContext,
  folder: string,
  { flake, runId, hardware }: { flake: string; runId: string; hardware: string },
  signal: AbortSignal,
): Promise<{ folder: string; revision: string | null }> {
  const aim = { flake, attribute: "" };
  const args = ["flake", "metadata", "--json", ...untouched, flake];
  const found = metadata.parse(JSON.parse(await runNixOrThrow(context, args, aim, { signal })));
  const staged = stagedFolder(folder, runId);
  await rm(staged, { recursive: true, force: true });
  await mkdir(join(folder, runId), { recursive: true });
  const inside = found.resolved?.dir ?? found.original?.dir ?? "";
  await cp(join(found.path, inside), staged, { recursive: true, verbatimSymlinks: true });
  await makeWritable(staged);
  await writeFile(join(staged, "hardware-configuration.nix"), hardware);
  return { folder: staged, revision: found.revision ?? null };
}

export async function unstageFlake(folder: string, runId: string): Promise<void> {
  await rm(join(folder, runId), { recursive: true, force: true });
}
