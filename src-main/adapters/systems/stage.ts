/** Copies of flakes that know the hardware of one machine. */

import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { execa } from "execa";
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import type { HardwareFacts } from "#contract/hardware.ts";
import { hardwareModule } from "#core/install/hardware.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { readMetadata } from "../nix/flake-metadata.ts";
import type { NixContext } from "../nix/run-nix.ts";
import { outputOf } from "./output-of.ts";

const metadata = z.object({
  path: z.string(),
  revision: z.string().nullish(),
  original: z.object({ dir: z.string().optional() }).optional(),
  resolved: z.object({ dir: z.string().optional() }).optional(),
});

export function stagedFolder(folder: string, runId: string): string {
  return join(folder, runId, "flake");
}

/** Asks the store for the folder, which may lie elsewhere than its path says; what is unpacked may be changed. */
async function unpack(context: NixContext, path: string, folder: string, signal: AbortSignal): Promise<void> {
  const failed = (stderr: string) =>
    new FloppyError(
      "NIX_FAILED",
      `nix cannot read ${path}: ${stderr.trim().split("\n").at(-1) || "it did not say why"}`,
      "Nothing was changed on the machine by this. Run `nix store verify --all` here, then retry this phase.",
      { stderr },
    );
  const args = ["--extra-experimental-features", "nix-command", "store", "dump-path", path];
  const archive = Readable.from(outputOf({ file: "nix", args, env: context.env }, signal, failed));
  await execa("nix-store", ["--restore", folder], { input: archive, env: context.env, extendEnv: false });
}

/**
 * The flake as it is just now, in a folder of its own, with `hardware-configuration.nix` beside its flake.nix. What
 * is built from it is what the device gets as its own copy.
 */
export async function stageFlake(
  context: NixContext,
  folder: string,
  { flake, runId, hardware }: { flake: string; runId: string; hardware: HardwareFacts },
  signal: AbortSignal,
): Promise<{ folder: string; revision: string | null }> {
  const found = metadata.parse(await readMetadata(context, flake, "", { signal }));
  const staged = stagedFolder(folder, runId);
  const source = join(folder, runId, "source");
  for (const old of [source, staged]) await rm(old, { recursive: true, force: true });
  makeFolder(join(folder, runId), 0o700);
  await unpack(context, found.path, source, signal);
  await rename(join(source, found.resolved?.dir ?? found.original?.dir ?? ""), staged);
  await rm(source, { recursive: true, force: true });
  const file = join(staged, "hardware-configuration.nix");
  // A flake may have a link of that name, which would be followed.
  await rm(file, { recursive: true, force: true });
  await writeFile(file, hardwareModule(hardware), { flag: "wx" });
  return { folder: staged, revision: found.revision ?? null };
}

export async function unstageFlake(folder: string, runId: string): Promise<void> {
  await rm(join(folder, runId), { recursive: true, force: true });
}
