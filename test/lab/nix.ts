/** Nix on the bench for the lab: a store of its own that calls itself /nix/store, so that its paths fit a device. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { type NixEnvironment, nixEnvironment } from "../support/nix.ts";
import { layOutFlake } from "./flake.ts";
import { labImage } from "./image.ts";

export type LabNix = NixEnvironment & {
  /** The lab's flake, as Floppy's settings name one. */
  flake: string;
  /** The system of a target such as dell-dev, built; its path in the store. */
  system(target: string): Promise<string>;
};

export async function labNix(): Promise<LabNix> {
  const nix = await nixEnvironment();
  const root = join(nix.folder, "root");
  await mkdir(root);
  const env: NodeJS.ProcessEnv = { ...nix.env, NIX_STORE_DIR: "/nix/store", NIX_STATE_DIR: "/nix/var/nix" };
  // A store elsewhere than where it says needs the sandbox, which has to bring no program along.
  env.NIX_CONFIG = [
    "experimental-features = nix-command flakes",
    `store = local?root=${root}`,
    "sandbox = true",
    "sandbox-paths =",
  ].join("\n");
  const run = async (...args: string[]) =>
    (await execa("nix", args, { env, extendEnv: false, stdin: "ignore" })).stdout.trim();
  const image = await labImage();
  const folder = join(nix.folder, "flake");
  await layOutFlake(folder, image);
  await run("store", "add-path", "--name", "source", image);
  const flake = `path:${folder}`;
  return {
    ...nix,
    env,
    store: join(root, "nix/store"),
    flake,
    system: (target) => {
      const output = `${flake}#nixosConfigurations.${target}.config.system.build.toplevel`;
      return run("build", "--no-link", "--json", output).then((said) => JSON.parse(said)[0].outputs.out);
    },
  };
}
