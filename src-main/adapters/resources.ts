import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { FloppyError } from "#contract/errors.ts";

/** Where the parts lie that are not imported: the flake, the renderer's files, the writer program. */
export type Resources = {
  flake: string;
  catalogCopy: string;
  layoutCopy: string;
  renderer: string;
  /** Program and script of the writer, to be spawned. */
  writer: string[];
};

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function missing(what: string): FloppyError {
  return new FloppyError(
    "COMPUTER_FAILED",
    `${what} is missing beside Floppy: the installation is incomplete.`,
    "Nothing was written. Install Floppy again.",
  );
}

function nearest(from: string, relative: string): string {
  const found = ancestors(from).find((folder) => existsSync(join(folder, relative)));
  if (!found) throw missing(relative);
  return found;
}

/**
 * Plain Node runs the writer: beside the packaged app, from the project's packages, or this very process's.
 * Never whatever is called node on the PATH: it is started with an administrator's rights.
 */
function nodeProgram(root: string, inElectron: boolean): string {
  if (!inElectron) return process.execPath;
  const found = [join(root, "node"), join(root, "node_modules/node/bin/node")].find(existsSync);
  if (!found) throw missing("node");
  return found;
}

/** `from` is the folder of the running program: `src-main/…`, `out/main`, or the latter inside the package. */
export function locateResources(
  from: string,
  inElectron: boolean = process.versions.electron !== undefined,
): Resources {
  const root = nearest(from, "nixos/catalog.nix");
  const readable = (path: string) => path.replace("app.asar/", "app.asar.unpacked/");
  const built = from.includes(join("out", "main"));
  const programs = built ? nearest(from, join("out", "main")) : root;
  const script = built
    ? readable(join(programs, "out/main/writer.js"))
    : join(root, "src-main/writer/main.ts");
  return {
    flake: join(root, "nixos"),
    catalogCopy: join(root, "nixos/catalog.json"),
    layoutCopy: join(root, "nixos/layout.json"),
    renderer: join(programs, "out/renderer"),
    writer: [nodeProgram(root, inElectron), script],
  };
}
