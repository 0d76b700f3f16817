/** How flakes are named to nix, which takes URLs: no path is made a part of one anywhere else. */
import { statSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";

/** What nix is given, and the folder that it must be run in where the reference means that one. */
export type FlakeReference = { url: string; folder?: string | undefined };

/** What stands in a URL for itself, and is no option's or query's beginning, with every version of nix. */
const plain = /^[A-Za-z0-9/._~+=-]*$/;
const query = /\?[^?/]*$/;

/**
 * The folder as it lies there. Before 2.18 nix takes the path of a `path:` URL letter by letter, and then refuses most
 * letters; later it decodes them. Every version knows the folder that it was started in.
 */
export function flakeAt(folder: string): FlakeReference {
  const absolute = resolve(folder);
  return plain.test(absolute) ? { url: `path:${absolute}` } : { url: "path:.", folder: absolute };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The path that a text means, with a query behind it; null where it is another kind of reference. */
function pathIn(text: string): string | null {
  const path = text.replace(/^path:(\/\/(?=\/))?/, "");
  if (/^~(\/|$)/.test(path)) return homedir() + path.slice(1);
  return /^(\/|\.{1,2}(\/|$))/.test(path) ? path : null;
}

function missing(flake: string, folder: string): FloppyError {
  return new FloppyError(
    "NIX_FAILED",
    `There is no folder ${folder}.`,
    "Nothing was written to any drive. Name the folder of a flake in Settings, or another reference to one.",
    { flake },
  );
}

function optionLike(flake: string): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    `“${flake}” is no flake: nix would take it for an option.`,
    "Nix was not asked, and nothing was written to any drive. Correct the flake in Settings; a folder of that name is ./-name.",
    { flake },
  );
}

/**
 * A flake as a person names it: a path as it lies there, with whatever letters, or any other reference of nix's. What
 * nix reads right by itself is left to it, so that it finds the repository around a plain path.
 */
export function flakeNamed(text: string): FlakeReference {
  // What was saved may be older than its rules.
  if (text.startsWith("-")) throw optionLike(text);
  const path = pathIn(text);
  if (path === null) return { url: text };
  // Nix knows no ~.
  if (isFolder(path)) return plain.test(path) ? { url: text.startsWith("~") ? path : text } : flakeAt(path);
  const wanted = query.exec(path)?.[0] ?? "";
  const folder = decoded(path.slice(0, path.length - wanted.length));
  if (plain.test(folder)) return { url: text };
  if (!isFolder(folder)) throw missing(text, folder);
  return { ...flakeAt(folder), url: `path:.${wanted}` };
}

/** An output of a flake. */
export function outputUrl({ url }: FlakeReference, attribute: string): string {
  return `${url}#${attribute}`;
}
