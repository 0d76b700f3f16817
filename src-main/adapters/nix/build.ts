import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { BuildRequest, BuiltImage, Nix } from "#core/ports/images.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { cacheFolder } from "../cache-folder.ts";
import { untouched } from "./evaluate.ts";
import { lockFlake } from "./flake-metadata.ts";
import { outputUrl } from "./flake-reference.ts";
import { findImage } from "./image-file.ts";
import { createObserver } from "./observer.ts";
import { narHash } from "./path-info.ts";
import { type NixContext, runNixOrThrow } from "./run-nix.ts";
import { settingsOptions } from "./settings-options.ts";

const builds = z.tuple([z.object({ drvPath: z.string(), outputs: z.record(z.string(), z.string()) })]);

/**
 * Where the last result of each target is linked from: a link holds it against nix's garbage
 * collection while it is written, and there is never more than one for a target.
 */
async function resultLink({ env }: NixContext, { flake, attribute }: BuildRequest): Promise<string> {
  const folder = resolve(cacheFolder(env), "results");
  makeFolder(folder);
  const mark = createHash("sha256").update(flake).digest("hex").slice(0, 12);
  return join(folder, `${attribute}-${mark}`);
}

export function parseBuild(json: string): { drvPath: string; storePath: string } {
  const [{ drvPath, outputs }] = builds.parse(JSON.parse(json));
  const storePath = outputs.out ?? Object.values(outputs)[0];
  if (!storePath) throw new Error(`nix built ${drvPath}, which has no output.`);
  return { drvPath, storePath };
}

export async function buildImage(
  context: NixContext,
  request: BuildRequest,
  observe: Parameters<Nix["build"]>[1],
  signal: AbortSignal,
): Promise<BuiltImage> {
  const { flake, attribute, settings } = request;
  const { watch, finish } = createObserver(observe);
  try {
    const { reference, revision } = await lockFlake(context, flake, attribute, { signal, watch });
    const link = await resultLink(context, request);
    const args = ["build", "--json", "-v", ...untouched, "--out-link", link, ...settingsOptions(settings)];
    const within = { signal, watch, folder: reference.folder };
    const json = await runNixOrThrow(context, [...args, outputUrl(reference, attribute)], request, within);
    const { drvPath, storePath } = parseBuild(json);
    const path = await findImage(storePath);
    const hash = await narHash(context, storePath, { signal });
    const provenance = {
      source: "nix",
      flake,
      revision,
      attribute,
      drvPath,
      storePath,
      narHash: hash,
    } as const;
    return { path, provenance };
  } finally {
    finish();
  }
}
