/**
 * Floppy's own flake with stand-ins for its inputs, evaluated and built by real nix in an own store.
 * Where FLOPPY_NIXPKGS names a checkout of nixpkgs, its `lib` takes the place of the stand-in's.
 */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type NixEnvironment, nixEnvironment } from "./nix.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
// The evaluation cache of nix 2.8 mixes up outputs that were looked for under packages.SYSTEM before.
const features = ["--extra-experimental-features", "nix-command flakes", "--no-eval-cache"];

/** The flake as it lies in the repository. */
export const flakeFolder = fileURLToPath(new URL("../../nixos", import.meta.url));

export type FlakeBench = {
  nix: NixEnvironment;
  /** Runs nix on an output of the flake, with the stand-ins; what it prints. */
  run(command: string[], output: string, ...args: string[]): Promise<string>;
  /** The same for another folder than the repository's. */
  runIn(folder: string, command: string[], output: string, ...args: string[]): Promise<string>;
  /** The same for a folder whose inputs need no stand-ins. */
  runAlone(folder: string, command: string[], output: string, ...args: string[]): Promise<string>;
  /** A copy of the flake with one more file, or another content in one. */
  copyWith(file: string, content: string): Promise<string>;
  /** A copy whose inputs are the stand-ins, for a program that knows nothing of them. */
  selfContained(): Promise<string>;
  /** The value of an output. */
  evaluate(output: string, ...args: string[]): Promise<unknown>;
  remove(): Promise<void>;
};

async function layOutStandIns(folder: string): Promise<Record<string, string>> {
  const nixpkgs = join(folder, "nixpkgs");
  const homeManager = join(folder, "home-manager");
  await cp(join(fixtures, "nixpkgs"), nixpkgs, { recursive: true });
  await cp(join(fixtures, "flake/builders"), join(nixpkgs, "builders"), { recursive: true });
  await cp(join(fixtures, "home-manager"), homeManager, { recursive: true });
  const real = process.env.FLOPPY_NIXPKGS;
  if (real) {
    await rm(join(nixpkgs, "lib"), { recursive: true });
    await cp(join(real, "lib"), join(nixpkgs, "lib"), { recursive: true });
  }
  return { nixpkgs: `path:${nixpkgs}`, "home-manager": `path:${homeManager}` };
}

async function replaceIn(file: string, text: string, replacement: string): Promise<void> {
  const before = await readFile(file, "utf8");
  if (!before.includes(text)) throw new Error(`${file} does not say ${text}`);
  await writeFile(file, before.replace(text, replacement));
}

export async function flakeBench(): Promise<FlakeBench> {
  const nix = await nixEnvironment();
  const inputs = await layOutStandIns(nix.folder);
  const overrides = Object.entries(inputs).flatMap(([name, url]) => ["--override-input", name, url]);
  let copies = 0;

  const copy = async () => {
    copies += 1;
    const folder = join(nix.folder, `copy-${copies}`);
    await cp(flakeFolder, folder, { recursive: true });
    return folder;
  };
  const runAlone: FlakeBench["runAlone"] = async (folder, command, output, ...args) => {
    const reference = output === "" ? `path:${folder}` : `path:${folder}#${output}`;
    const all = [...features, ...command, "--no-write-lock-file", reference, ...args];
    const { stdout } = await execa("nix", all, { env: nix.env, extendEnv: false });
    return stdout;
  };
  const runIn: FlakeBench["runIn"] = (folder, command, output, ...args) =>
    runAlone(folder, command, output, ...overrides, ...args);
  return {
    nix,
    runAlone,
    runIn,
    run: (command, output, ...args) => runIn(flakeFolder, command, output, ...args),
    evaluate: async (output, ...args) =>
      JSON.parse(await runIn(flakeFolder, ["eval", "--json"], output, ...args)),
    async copyWith(file, content) {
      const folder = await copy();
      await writeFile(join(folder, file), content);
      return folder;
    },
    async selfContained() {
      const folder = await copy();
      const file = join(folder, "flake.nix");
      await replaceIn(file, "github:NixOS/nixpkgs/nixos-24.11", inputs.nixpkgs ?? "");
      await replaceIn(file, "github:nix-community/home-manager/release-24.11", inputs["home-manager"] ?? "");
      await rm(join(folder, "flake.lock"));
      return folder;
    },
    remove: () => nix.remove(),
  };
}
