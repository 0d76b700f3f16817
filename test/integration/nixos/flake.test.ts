import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { catalog as parser } from "#contract/catalog.ts";
import { listPairs, targetName } from "#core/catalog/pairs.ts";
import { type NixEnvironment, nixEnvironment } from "../../support/nix.ts";

const flake = fileURLToPath(new URL("../../../nixos", import.meta.url));
const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));

let nix: NixEnvironment;
beforeAll(async () => {
  nix = await nixEnvironment();
});
afterAll(() => nix.remove());

const run = async (...args: string[]) => {
  const features = ["--extra-experimental-features", "nix-command flakes"];
  const { stdout } = await execa("nix", [...features, ...args], { env: nix.env, extendEnv: false });
  return JSON.parse(stdout);
};

/** An output of the flake, with stand-ins for its inputs. */
const evaluate = (output: string) => {
  const standIn = (input: string) => ["--override-input", input, `path:${fixtures}/${input}-stub`];
  const inputs = ["nixpkgs", "home-manager"].flatMap(standIn);
  return run("eval", "--json", "--no-write-lock-file", ...inputs, `path:${flake}#${output}`);
};

const made = z.object({ system: z.string(), target: z.string().nullable(), modules: z.array(z.string()) });
const systems = async (output: string) => z.record(z.string(), made).parse(await evaluate(output));
const pairs = async () => listPairs(parser.parse(await evaluate("floppy.catalog")));

test("every nix file can be parsed", async () => {
  const files = (await readdir(flake, { recursive: true })).filter((name) => name.endsWith(".nix"));
  expect(files).toContain("flake.nix");
  await execa("nix-instantiate", ["--parse", ...files.map((name) => join(flake, name))], { env: nix.env });
});

test("the lock pins both inputs, and needs no change", async () => {
  const { locks } = await run("flake", "metadata", "--json", "--no-update-lock-file", `path:${flake}`);
  expect(locks.nodes.nixpkgs.locked.rev).toMatch(/^[0-9a-f]{40}$/);
  expect(locks.nodes["home-manager"].inputs.nixpkgs).toEqual(["nixpkgs"]);
});

test("there is a system for every pair of the catalog, and for no other", async () => {
  const expected = (await pairs()).map((pair) => [targetName(pair), pair.host.system]);
  const found = Object.entries(await systems("nixosConfigurations"));
  expect(found.map(([name, { system }]) => [name, system]).toSorted()).toEqual(expected.toSorted());
  for (const [name, { target }] of found) expect(target).toBe(name);
});

test("there is an image for every card target, and the installer", async () => {
  const cards = (await pairs()).filter(({ host }) => host.medium === "card").map(targetName);
  const images = await systems("images");
  expect(Object.keys(images).toSorted()).toEqual([...cards, "installer-x86_64"].toSorted());
  expect(images["raspberry-robot"]?.modules).toContain("sd-card.nix");
  expect(images["installer-x86_64"]).toMatchObject({ system: "x86_64-linux", modules: ["installer.nix"] });
});
