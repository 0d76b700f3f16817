import { constants } from "node:fs";
import { readdir, readFile, statfs } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { FloppyError } from "#contract/errors.ts";
import type { BuildMachine } from "#core/images/build-machine.ts";
import type { PreflightFacts, TargetFound } from "#core/images/build-preflight.ts";
import type { BuildRequest } from "#core/ports.ts";
import { mayAccess } from "#linux/may-access.ts";
import type { NixConfiguration } from "./configuration.ts";
import { evaluateTarget } from "./evaluate.ts";
import { isInStore } from "./path-info.ts";
import type { NixContext, NixOptions } from "./run-nix.ts";

async function readOr(file: string, otherwise: string): Promise<string> {
  return readFile(file, "utf8").catch(() => otherwise);
}

export async function readTarget(
  context: NixContext,
  { flake, attribute }: BuildRequest,
  options: NixOptions,
): Promise<TargetFound> {
  try {
    const { system, output } = await evaluateTarget(context, flake, attribute, options);
    return { state: "found", system, built: await isInStore(context, output, options) };
  } catch (error) {
    if (!(error instanceof FloppyError) || error.code === "CANCELLED") throw error;
    if (error.code === "NIX_TARGET_UNKNOWN") return { state: "unknown", attribute, flake };
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
