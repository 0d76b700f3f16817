import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { catalog as parser } from "#contract/catalog.ts";
import { listPairs, targetName } from "#core/catalog/pairs.ts";
import { type FlakeBench, flakeBench, flakeFolder } from "../../support/flake.ts";

let bench: FlakeBench;
beforeAll(async () => {
  bench = await flakeBench();
});
afterAll(() => bench.remove());

const pairs = async () => listPairs(parser.parse(await bench.evaluate("floppy.catalog")));
const cards = async () => (await pairs()).filter(({ host }) => host.medium === "card").map(targetName);
const shown = z.record(z.string(), z.unknown());

test("the lock pins both inputs, and needs no change", async () => {
  const args = ["flake", "metadata", "--json", "--no-update-lock-file", `path:${flakeFolder}`];
  const features = ["--extra-experimental-features", "nix-command flakes"];
  const { stdout } = await execa("nix", [...features, ...args], { env: bench.nix.env, extendEnv: false });
  const { locks } = JSON.parse(stdout);
  expect(locks.nodes.nixpkgs.locked.rev).toMatch(/^[0-9a-f]{40}$/);
  expect(locks.nodes["home-manager"].inputs.nixpkgs).toEqual(["nixpkgs"]);
});

test("nix flake show lists a system for every pair of the catalog, and no other", async () => {
  const outputs = shown.parse(JSON.parse(await bench.run(["flake", "show", "--json"], "")));
  const systems = shown.parse(outputs.nixosConfigurations);
  expect(Object.keys(systems).toSorted()).toEqual((await pairs()).map(targetName).toSorted());
  for (const system of Object.values(systems)) expect(system).toEqual({ type: "nixos-configuration" });
});

test("the six systems that everyone knows Floppy for are there", async () => {
  expect((await pairs()).map(targetName)).toEqual(
    expect.arrayContaining([
      "dell-dev",
      "dell-proxy",
      "generic-dev",
      "raspberry-robot",
      "raspberry-mainframe",
      "raspberry-dev",
    ]),
  );
});

test("there is an image for every card target, and the installer", async () => {
  const names = await bench.evaluate("images", "--apply", "builtins.attrNames");
  expect(names).toEqual([...(await cards()), "installer-x86_64"].toSorted());
});

test("nix flake show lists the checks that need a whole machine, and a formatter for both kinds of machine", async () => {
  const outputs = shown.parse(JSON.parse(await bench.run(["flake", "show", "--json"], "")));
  expect(outputs.checks).toMatchObject({
    "x86_64-linux": { identity: { type: "derivation" }, installer: { type: "derivation" } },
  });
  expect(Object.keys(shown.parse(outputs.formatter))).toEqual(["aarch64-linux", "x86_64-linux"]);
});

test("two pairs with one target are refused, both by name; the catalog that says so can still be read", async () => {
  const catalog = (await readFile(join(flakeFolder, "catalog.nix"), "utf8"))
    .replaceAll('"reterminal"', '"raspberry-zero"')
    .replace('name = "minimal"', 'name = "zero-node"');
  const folder = await bench.copyWith("catalog.nix", catalog);
  const names = ["--apply", "builtins.attrNames"];
  await expect(bench.runIn(folder, ["eval", "--json"], "images", ...names)).rejects.toThrow(
    "host raspberry with role zero-node and host raspberry-zero with role node are both the target raspberry-zero-node",
  );
  await bench.runIn(folder, ["eval", "--json"], "floppy.catalog");
});

test.each([
  ['prefix = "RET"', 'prefix = "RPI"', "the prefix RPI is that of raspberry and reterminal"],
  ['name = "reterminal"', 'name = "raspberry"', "two hosts are called raspberry"],
  ['name = "minimal"', 'name = "node"', "two roles are called node"],
])("%s made to %s is refused", async (before, after, problem) => {
  const catalog = (await readFile(join(flakeFolder, "catalog.nix"), "utf8")).replace(before, after);
  const folder = await bench.copyWith("catalog.nix", catalog);
  const names = ["--apply", "builtins.attrNames"];
  await expect(bench.runIn(folder, ["eval", "--json"], "images", ...names)).rejects.toThrow(problem);
});

test("a card’s image that would take the installer’s place is refused", async () => {
  const catalog = (await readFile(join(flakeFolder, "catalog.nix"), "utf8"))
    .replace('name = "raspberry"', 'name = "installer"')
    .replace('name = "minimal"', 'name = "x86_64"');
  const folder = await bench.copyWith("catalog.nix", catalog);
  const names = ["--apply", "builtins.attrNames"];
  await expect(bench.runIn(folder, ["eval", "--json"], "images", ...names)).rejects.toThrow(
    "host installer with role x86_64 has the image installer-x86_64, which is the installer's",
  );
});

const layout = z.object({
  partitions: z.array(
    z.object({
      label: z.string(),
      sizeMiB: z.number().nullable(),
      fileSystem: z.object({ type: z.string() }),
      mounts: z.array(
        z.object({
          subvolume: z.string().optional(),
          mountPoint: z.string(),
          options: z.array(z.string()),
        }),
      ),
    }),
  ),
});

test("the layout that Floppy partitions by is the one that an installed system mounts", async () => {
  const { partitions } = layout.parse(await bench.evaluate("floppy.layout"));
  expect(partitions.map(({ sizeMiB, fileSystem }) => [sizeMiB, fileSystem.type])).toEqual([
    [512, "vfat"],
    [null, "btrfs"],
  ]);
  const expected = partitions.flatMap(({ label, fileSystem, mounts }) =>
    mounts.map(({ subvolume, mountPoint, options }) => [
      mountPoint,
      {
        device: `/dev/disk/by-partlabel/${label}`,
        fsType: fileSystem.type,
        options: [...(subvolume ? [`subvol=${subvolume}`] : []), ...options],
      },
    ]),
  );
  const mounted = await bench.evaluate("nixosConfigurations.dell-dev.config.fileSystems");
  expect(mounted).toMatchObject(Object.fromEntries(expected));
  expect(Object.keys(Object(mounted)).toSorted()).toEqual(expected.map(([path]) => path).toSorted());
});
