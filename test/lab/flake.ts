/** The lab's flake: what Floppy is told to install. Its systems boot in the lab, and are built in a second. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { guestFolder } from "./image.ts";

const flake = fileURLToPath(new URL("flake", import.meta.url));
export const nixosFolder = fileURLToPath(new URL("../../nixos", import.meta.url));

export async function narHash(folder: string): Promise<string> {
  const command = ["--extra-experimental-features", "nix-command", "hash", "path", folder];
  return (await execa("nix", command)).stdout;
}

/** Lays the flake out in a folder that is not there yet. `image` is what labImage() has made. */
export async function layOutFlake(folder: string, image: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(flake, folder, { recursive: true });
  for (const name of ["catalog.nix", "targets.nix", "layout.nix", "scripts"])
    await cp(join(nixosFolder, name), join(folder, name), { recursive: true });
  for (const name of ["common", "installed"])
    await cp(join(guestFolder, name, "etc"), join(folder, name, "etc"), { recursive: true });
  const path = { type: "path", path: "/floppy-lab" };
  const debian = {
    flake: false,
    original: path,
    locked: { ...path, narHash: await narHash(image), lastModified: 1 },
  };
  const lock = { version: 7, root: "root", nodes: { root: { inputs: { debian: "debian" } }, debian } };
  await writeFile(join(folder, "flake.lock"), `${JSON.stringify(lock, null, 2)}\n`);
}
