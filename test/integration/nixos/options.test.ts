import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { catalog as parser } from "#contract/catalog.ts";
import { listPairs, type Pair, targetName } from "#core/catalog/pairs.ts";
import { type FlakeBench, flakeBench, flakeFolder } from "../../support/flake.ts";
import { findSecrets, type Report, report, rules } from "./rules.ts";

let bench: FlakeBench;
let pairs: Pair[];
let systems: Record<string, Report>;

/** One evaluation for all: it stops at the first option that NixOS does not have, or not of that type. */
beforeAll(async () => {
  bench = await flakeBench();
  pairs = listPairs(parser.parse(await bench.evaluate("floppy.catalog")));
  const reports = "builtins.mapAttrs (_: system: system.report)";
  systems = z
    .record(z.string(), report)
    .parse(await bench.evaluate("nixosConfigurations", "--apply", reports));
});
afterAll(() => bench.remove());

/** Which rules a system breaks, with what is amiss. */
function broken(system: Report, pair: Pair): Record<string, string[]> {
  const found = Object.entries(rules).map(([name, rule]) => [name, rule(system, pair)] as const);
  return Object.fromEntries(found.filter(([, problems]) => problems.length > 0));
}

describe("every system of the flake", () => {
  test.each(Object.entries(rules))("%s", (_, rule) => {
    const problems = pairs.flatMap((pair) => {
      const system = systems[targetName(pair)];
      return system ? rule(system, pair).map((problem) => `${targetName(pair)}: ${problem}`) : ["missing"];
    });
    expect(problems).toEqual([]);
  });
});

test("the installer sets only what NixOS has, fails no assertion, and knows no password", async () => {
  const installer = report.parse(await bench.evaluate("images.installer-x86_64.report"));
  expect([...installer.failedAssertions, ...installer.warnings]).toEqual([]);
  expect(findSecrets(installer.options)).toEqual([]);
  expect(installer.options["services.openssh.settings"]).toMatchObject({
    PasswordAuthentication: false,
    KbdInteractiveAuthentication: false,
    PermitRootLogin: "prohibit-password",
  });
  expect(installer.options["users.users"]).toMatchObject({
    root: { initialHashedPassword: "!" },
    nixos: { initialHashedPassword: "!" },
  });
});

test("no file of the flake holds a secret: all of it ends in the store", async () => {
  const files = await readdir(flakeFolder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map(async (file) => {
      const path = join(file.parentPath, file.name);
      return findSecrets(await readFile(path, "utf8"), path);
    });
  expect(texts.length).toBeGreaterThan(40);
  expect((await Promise.all(texts)).flat()).toEqual([]);
});

/** The place where an installed machine says what is particular to it. */
const planted = (module: string) => bench.copyWith("hardware-configuration.nix", module);
const reportOf = async (folder: string, target: string) =>
  report.parse(
    JSON.parse(await bench.runIn(folder, ["eval", "--json"], `nixosConfigurations.${target}.report`)),
  );

describe("a module is refused when it sets", () => {
  test.each([
    [
      "an option that NixOS does not have",
      "{ services.tlp.enabled = true; }",
      /services\.tlp\.enabled' does not exist/,
    ],
    [
      "one that came with a later release",
      "{ services.logind.settings.Login = { }; }",
      /settings' does not exist/,
    ],
    [
      "an unknown option of a submodule",
      '{ fileSystems."/".opts = [ ]; }',
      /fileSystems.*opts' does not exist/,
    ],
    ["a value of another type", '{ services.tlp.enable = "yes"; }', /services\.tlp\.enable' is not of type/],
    [
      "a value that is not among the allowed",
      '{ services.logind.lidSwitch = "sleep"; }',
      /lidSwitch' is not of type/,
    ],
    [
      "what another module sets otherwise",
      '{ networking.hostName = "a"; imports = [ { networking.hostName = "b"; } ]; }',
      /hostName' has conflicting/,
    ],
    [
      "a package that nixpkgs does not have",
      "{ pkgs, ... }: { environment.systemPackages = [ pkgs.gti ]; }",
      /attribute 'gti' missing/,
    ],
  ])("%s", async (_, module, message) => {
    await expect(reportOf(await planted(module), "dell-dev")).rejects.toThrow(message);
  });
});

describe("a rule is seen to be broken by", () => {
  test.each([
    ["a second program on the screen", "{ services.greetd.enable = true; }", /desktop only/],
    ["a second boot loader", "{ boot.loader.generic-extlinux-compatible.enable = true; }", /boot loader/],
    ["a device without power saving", "{ lib, ... }: { services.tlp.enable = lib.mkForce false; }", /power/],
    [
      "a mount that is not compressed",
      '{ lib, ... }: { fileSystems."/home".options = lib.mkForce [ "subvol=@home" ]; }',
      /disk/,
    ],
    [
      "passwords over SSH",
      "{ lib, ... }: { services.openssh.settings.PasswordAuthentication = lib.mkForce true; }",
      /SSH/,
    ],
    [
      "a service that is switched off",
      "{ lib, ... }: { services.syncthing.enable = lib.mkForce false; }",
      /promises/,
    ],
    ["a password", '{ users.users.jeremy.initialPassword = "geheim"; }', /secret/],
    ["a private key", '{ environment.etc.key.text = "-----BEGIN OPENSSH PRIVATE KEY-----"; }', /secret/],
    ["another role's name", '{ lib, ... }: { floppy.role = lib.mkForce "lab"; }', /host and role/],
    ["an assertion", '{ assertions = [ { assertion = false; message = "no"; } ]; }', /asserts/],
    [
      "an option without a description",
      "{ lib, ... }: { options.floppy.new = lib.mkOption { default = 1; }; }",
      /option/,
    ],
  ])("%s", async (_, module, rule) => {
    const pair = pairs.find((it) => targetName(it) === "dell-dev");
    if (!pair) throw new Error("The catalog has no dell-dev.");
    const found = Object.keys(broken(await reportOf(await planted(module), "dell-dev"), pair));
    expect(found).toEqual([expect.stringMatching(rule)]);
  });
});
