import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Catalog, CatalogSource } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import { readCatalog } from "#core/catalog/problems.ts";
import type { Catalogs } from "#core/ports/images.ts";
import { parseJson } from "#core/text/json.ts";
import { evaluateOutput } from "../nix/evaluate.ts";
import { readOwnFile } from "../nix/own-file.ts";
import { defaultNixContext, type NixContext } from "../nix/run-nix.ts";

type Options = Partial<NixContext> & {
  /** The folder of the flake that comes with Floppy. */
  bundledFlake: string;
  /** Its catalog as JSON, for machines without nix. */
  bundledCopy: string;
};

type Loaded = { catalog: Catalog; source: CatalogSource };

/** A flake's catalog has few lines; a broken one can have as many problems. */
const PROBLEMS_IN_WORDS = 5;

function unreadable(flake: string, reason: string, details: Record<string, unknown>): FloppyError {
  return new FloppyError(
    "CATALOG_UNREADABLE",
    `The catalog of the flake ${flake} cannot be read: ${reason}`,
    "Nothing is begun by another flake’s roles. Mend the flake’s output floppy.catalog and read it again, or choose another flake in Settings.",
    details,
  );
}

function inWords(problems: string[]): string {
  const left = problems.length - PROBLEMS_IN_WORDS;
  return `${problems.slice(0, PROBLEMS_IN_WORDS).join("; ")}${left > 0 ? `; and ${left} more` : ""}.`;
}

function parse(flake: string, value: unknown): Catalog {
  const { catalog, problems } = readCatalog(value);
  if (catalog) return catalog;
  throw unreadable(flake, inWords(problems), { problems });
}

export function createCatalogs({ bundledFlake, bundledCopy, ...given }: Options): Catalogs {
  const context = { ...defaultNixContext, ...given };

  /** What is wrong with a flake's catalog, wherever that shows. */
  async function reading<Value>(flake: string, read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof FloppyError) || error.code === "CATALOG_UNREADABLE") throw error;
      throw unreadable(flake, error.message, { ...error.details, cause: error.code });
    }
  }

  async function ofFlake(flake: string): Promise<Loaded> {
    const value = await reading(flake, () => evaluateOutput(context, flake, "floppy.catalog"));
    return { catalog: parse(flake, value), source: { kind: "flake", flake } };
  }

  async function copy(reason: string): Promise<Loaded> {
    const catalog = parse(bundledFlake, parseJson(await readFile(bundledCopy, "utf8")));
    return { catalog, source: { kind: "bundled", reason } };
  }

  async function ofBundled(): Promise<Loaded> {
    const file = join(bundledFlake, "catalog.nix");
    const { value, copied } = await reading(bundledFlake, () => readOwnFile(context, file, bundledCopy));
    const catalog = parse(bundledFlake, value);
    const source = { kind: "flake", flake: bundledFlake } as const;
    return { catalog, source: copied === null ? source : { kind: "bundled", reason: copied } };
  }

  return { load: (flake) => (flake === null ? ofBundled() : ofFlake(flake)), copy };
}
