import { join, resolve } from "node:path";
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { type Layout, layout as layoutParser } from "#contract/layout.ts";
import type { BuildRequest } from "#core/ports/images.ts";
import type { Systems } from "#core/ports/targets.ts";
import { parseBuild } from "../nix/build.ts";
import { evaluateOutput, untouched } from "../nix/evaluate.ts";
import { flakeAt, outputUrl } from "../nix/flake-reference.ts";
import { createObserver } from "../nix/observer.ts";
import { readOwnFile } from "../nix/own-file.ts";
import { defaultNixContext, type NixContext, runNixOrThrow } from "../nix/run-nix.ts";
import { settingsOptions } from "../nix/settings-options.ts";
import { archiveFiles, archiveFolder } from "./archive.ts";
import { closureOf, exportPaths } from "./closure.ts";
import { canPack, packed, unpacked } from "./pack.ts";
import { stagedFolder, stageFlake, unstageFlake } from "./stage.ts";

type Options = Partial<NixContext> & {
  /** The folder of the flake that comes with Floppy. */
  bundledFlake: string;
  /** Its layout as JSON, for machines without nix. */
  bundledLayout: string;
  /** Where copies of flakes are made. */
  folder: string;
};

function unreadable(flake: string, reason: string): FloppyError {
  return new FloppyError(
    "CATALOG_UNREADABLE",
    `The disk layout of the flake ${flake} cannot be read. ${reason}`,
    "Nothing was written to the machine. Mend the flake’s output floppy.layout, or choose another flake in Settings.",
  );
}

function parseLayout(flake: string, value: unknown): Layout {
  const parsed = layoutParser.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(flake, z.prettifyError(parsed.error));
}

export function createSystems({ bundledFlake, bundledLayout, folder, ...given }: Options): Systems {
  const context = { ...defaultNixContext, ...given };

  async function bundled(): Promise<Layout> {
    const file = join(bundledFlake, "layout.nix");
    const { value } = await readOwnFile(context, file, bundledLayout);
    return parseLayout(bundledFlake, value);
  }

  async function build(request: BuildRequest, observe: Parameters<Systems["build"]>[1], signal: AbortSignal) {
    const { flake, attribute, settings } = request;
    const { watch, finish } = createObserver(observe);
    try {
      const reference = flakeAt(flake);
      const link = ["--out-link", resolve(flake, "..", "system")];
      const args = ["build", "--json", "-v", ...untouched, ...link, ...settingsOptions(settings)];
      const within = { signal, watch, folder: reference.folder };
      const json = await runNixOrThrow(context, [...args, outputUrl(reference, attribute)], request, within);
      return parseBuild(json);
    } finally {
      finish();
    }
  }

  return {
    layout: async (flake) =>
      flake === null ? bundled() : parseLayout(flake, await evaluateOutput(context, flake, "floppy.layout")),
    stage: (request, signal) => stageFlake(context, folder, request, signal),
    unstage: (runId) => unstageFlake(folder, runId),
    build,
    closure: (storePath, signal) => closureOf(context, storePath, signal),
    exportPaths(paths, how, signal) {
      const stream = exportPaths(context, paths, signal);
      return how.packed && canPack ? packed(stream) : unpacked(stream);
    },
    archive: (what, signal) =>
      "files" in what
        ? archiveFiles(what.files)
        : archiveFolder(stagedFolder(folder, what.stagedFor), signal),
  };
}
