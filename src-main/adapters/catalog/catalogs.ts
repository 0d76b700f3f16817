import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Catalog, type CatalogSource, catalog as parser } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import type { Catalogs } from "#core/ports.ts";
import { parseJson } from "#core/text/json.ts";
import { evaluateFile, evaluateOutput } from "../nix/evaluate.ts";
import { defaultNixContext, type NixContext } from "../nix/run-nix.ts";

type Options = Partial<NixContext> & {
  /** The folder of the flake that comes with Floppy. */
  bundledFlake: string;
  /** Its catalog as JSON, for machines without nix. */
  bundledCopy: string;
};

type Loaded = { catalog: Catalog; source: CatalogSource };

function unreadable(flake: string, reason: string, details: Record<string, unknown>): FloppyError {
  return new FloppyError(
    "CATALOG_UNREADABLE",
    `The catalog of the flake ${flake} cannot be read. ${reason}`,
    "The catalog in use stays as it is. Mend the flake's output floppy.catalog, or choose another flake in Settings.",
    details,
  );
}

function parse(flake: string, value: unknown): Catalog {
  const parsed = parser.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(flake, z.prettifyError(parsed.error), {});
}

export function createCatalogs({ bundledFlake, bundledCopy, ...given }: Options): Catalogs {
  const context = { ...defaultNixContext, ...given };

  async function ofFlake(flake: string): Promise<Loaded> {
    try {
      const catalog = parse(flake, await evaluateOutput(context, flake, "floppy.catalog"));
      return { catalog, source: { kind: "flake", flake } };
    } catch (error) {
      if (!(error instanceof FloppyError) || error.code === "CATALOG_UNREADABLE") throw error;
      throw unreadable(flake, error.message, { ...error.details, cause: error.code });
    }
  }

  async function copy(reason: string): Promise<Loaded> {
    const catalog = parse(bundledFlake, parseJson(await readFile(bundledCopy, "utf8")));
    return { catalog, source: { kind: "bundled", reason } };
  }

  async function ofBundled(): Promise<Loaded> {
    try {
      // The file by itself says the same as the flake's output, and needs no lock, git or network.
      const value = await evaluateFile(context, join(bundledFlake, "catalog.nix"));
      return { catalog: parse(bundledFlake, value), source: { kind: "flake", flake: bundledFlake } };
    } catch (error) {
      if (error instanceof FloppyError) return copy(error.message);
      throw error;
    }
  }

  return { load: (flake) => (flake === null ? ofBundled() : ofFlake(flake)), copy };
}
