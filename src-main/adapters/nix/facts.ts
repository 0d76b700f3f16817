import { constants } from "node:fs";
import { readdir, readFile, statfs } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { FloppyError } from "#contract/errors.ts";
import type { BuildMachine } from "#core/images/build-machine.ts";
import type { PreflightFacts, TargetFound } from "#core/images/build-preflight.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import { mayAccess } from "#linux/may-access.ts";
import type { NixConfiguration } from "./configuration.ts";
import { evaluateTarget } from "./evaluate.ts";
import { impatient, impatientContext } from "./fetching.ts";
import { isInStore } from "./path-info.ts";
import type { NixContext, NixOptions } from "./run-nix.ts";

async function readOr(file: string, otherwise: string): Promise<string> {
  return readFile(file, "utf8").catch(() => otherwise);
}

/** A NixOS system is evaluated in a minute or two on a small machine; a daemon may wait for a cache much longer. */
const EVALUATION_MS = 5 * 60_000;

/** What of the flake is not here is fetched; what does not answer is not waited for. */
export async function readTarget(
  context: NixContext,
  { flake, attribute }: BuildRequest,
  seconds: number,
  options: NixOptions,
): Promise<TargetFound> {
  const asking = impatientContext(context, seconds);
  const late = AbortSignal.timeout(EVALUATION_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  try {
    const found = await evaluateTarget(asking, flake, attribute, impatient(seconds), { ...options, signal });
    const built = await isInStore(context, found.output, options);
    return { state: "found", system: found.system, derivation: found.derivation, built };
  } catch (error) {
    if (!(error instanceof FloppyError) || options.signal?.aborted) throw error;
    if (late.aborted) return { state: "failed", message: "it took longer than five minutes." };
    if (error.code === "NIX_TARGET_UNKNOWN") return { state: "unknown", attribute, flake };
    const { unreachable, reason } = error.details;
    if (typeof unreachable === "string")
      return { state: "unreachable", address: unreachable, reason: String(reason) };
    return { state: "failed", message: error.message };
  }
}

/** Nix's `builders` is a line, or the name of a file that holds such lines. */
async function readBuilders(builders: string): Promise<string> {
  return builders.startsWith("@") ? readOr(builders.slice(1), "") : builders;
}

export async function readBuildMachine(
  configuration: NixConfiguration,
  { settings }: BuildRequest,
  binfmtFolder: string,
): Promise<BuildMachine> {
  const entries = await readdir(binfmtFolder).catch(() => []);
  const kept = entries.filter((name) => name !== "register" && name !== "status");
  return {
    system: configuration.system,
    extraPlatforms: configuration.extraPlatforms,
    binfmtEntries: await Promise.all(kept.map((name) => readOr(join(binfmtFolder, name), ""))),
    builders: await readBuilders(settings.builders.trim() || configuration.builders),
  };
}

export async function readStore(path: string): Promise<PreflightFacts["store"]> {
  const { bavail, bsize } = await statfs(path);
  return { path, freeBytes: bavail * bsize };
}

async function groupsOf(): Promise<string[]> {
  const { failed, stdout } = await execa("id", ["-Gn"], { reject: false });
  return failed ? [] : stdout.split(" ");
}

/** Who can write to the store needs nobody's trust; others are named in `trusted-users`, or their group is. */
export async function readTrust(
  configuration: NixConfiguration,
  store: string,
): Promise<{ user: string; trusted: boolean }> {
  const { username: user } = userInfo();
  const owns = await mayAccess(store, constants.W_OK);
  const names = ["*", user, ...(await groupsOf()).map((group) => `@${group}`)];
  const named = configuration.trustedUsers.some((name) => names.includes(name));
  return { user, trusted: owns || named };
}
