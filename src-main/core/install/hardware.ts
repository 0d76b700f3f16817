/**
 * What a machine's nixos-generate-config says of its hardware, as facts. Its answer is a Nix program by a stranger:
 * it is read by its known forms, never evaluated, and the module for the flake is written here from the facts.
 */
import { type HardwareFacts, hardwareFacts, moduleName, profiles, switches } from "#contract/hardware.ts";
import { readable } from "../text/readable.ts";

const driver = "config.boot.kernelPackages.broadcom_sta";

const LONGEST = 64 * 1024;

/** The facts, and whatever else was said, which is left out. */
export type HardwareAnswer = { facts: HardwareFacts; leftOut: string[] };

type Statement = { name: string; value: string; text: string };

/** `name = value` of the body, without comments and line breaks. */
function statementsOf(answer: string): Statement[] {
  if (answer.length > LONGEST) throw new RangeError(`it is ${answer.length} characters long`);
  const code = answer
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join(" ")
    .replace(/\s+/g, " ")
    .replace(/^ ?\{ config, lib, pkgs, modulesPath, \.\.\. \}: \{/, "")
    .replace(/\} ?$/, "");
  const texts = code.split(";").map((text) => text.trim());
  return texts.filter(Boolean).map((text) => {
    const [, name = "", value = ""] = /^([\w.-]+) = (.*)$/.exec(text) ?? [];
    return { name, value, text };
  });
}

/** What one statement tells, and what of it is not understood. */
type Reading = { told: Partial<HardwareFacts>; leftOut: string[] };

/** The elements of a list that are understood, of those that stand in it. */
function elements<Value>(value: string, understand: (element: string) => Value | null | undefined) {
  const inside = /^\[(.*)\]$/.exec(value)?.[1] ?? "";
  const all = (inside.match(/\([^()]*\)|"[^"]*"|\S+/g) ?? []).map((text) => ({ text, is: understand(text) }));
  return {
    found: all.flatMap(({ is }) => is ?? []),
    leftOut: all.filter(({ is }) => is === null || is === undefined).map(({ text }) => text),
  };
}

const moduleIn = (element: string) => moduleName.safeParse(/^"(.*)"$/.exec(element)?.[1]).data;
const profileIn = (element: string) =>
  profiles.find((profile) => element === `(modulesPath + "/${profile}")`);

function readStatement({ name, value, text }: Statement): Reading {
  const modules = (key: "availableModules" | "initrdModules" | "kernelModules"): Reading => {
    const { found, leftOut } = elements(value, moduleIn);
    return { told: { [key]: found }, leftOut };
  };
  const nothing: Reading = { told: {}, leftOut: [text] };
  switch (name) {
    case "boot.initrd.availableKernelModules":
      return modules("availableModules");
    case "boot.initrd.kernelModules":
      return modules("initrdModules");
    case "boot.kernelModules":
      return modules("kernelModules");
    case "boot.extraModulePackages": {
      const { found, leftOut } = elements(value, (element) => element === driver || null);
      return { told: { broadcomDriver: found.length > 0 }, leftOut };
    }
    case "imports": {
      const { found, leftOut } = elements(value, profileIn);
      return { told: { profiles: found }, leftOut };
    }
    case "nixpkgs.hostPlatform": {
      const platform = /^lib\.mkDefault "(.*)"$/.exec(value)?.[1];
      return platform === undefined ? nothing : { told: { platform }, leftOut: [] };
    }
    case "hardware.cpu.intel.updateMicrocode":
      return { told: { microcode: "intel" }, leftOut: [] };
    case "hardware.cpu.amd.updateMicrocode":
      return { told: { microcode: "amd" }, leftOut: [] };
    // It is so without being said.
    case "networking.useDHCP":
      return { told: {}, leftOut: [] };
    default: {
      const found = value === "true" ? switches.find((known) => known === name) : undefined;
      return found ? { told: { switches: [found] }, leftOut: [] } : nothing;
    }
  }
}

const unsaid = {
  initrdModules: [],
  kernelModules: [],
  microcode: null,
  profiles: [],
  switches: [],
  broadcomDriver: false,
};

/** Throws where it is no answer of that program at all. */
export function parseHardware(answer: string): HardwareAnswer {
  const readings = statementsOf(answer).map(readStatement);
  const told = Object.assign({}, unsaid, ...readings.map((reading) => reading.told));
  const on = readings.flatMap((reading) => reading.told.switches ?? []);
  return {
    facts: hardwareFacts.parse({ ...told, switches: on }),
    leftOut: readings.flatMap(({ leftOut }) => leftOut).map((text) => readable(text, 80)),
  };
}

const strings = (names: readonly string[]) => ["[", ...names.map((name) => `"${name}"`), "]"].join(" ");

/** The NixOS module that says these facts; nothing in it but words that were parsed. */
export function hardwareModule(facts: HardwareFacts): string {
  const { microcode } = facts;
  const imports = facts.profiles.map((profile) => `(modulesPath + "/${profile}")`);
  const lines = [
    `imports = ${["[", ...imports, "]"].join(" ")};`,
    `boot.initrd.availableKernelModules = ${strings(facts.availableModules)};`,
    `boot.initrd.kernelModules = ${strings(facts.initrdModules)};`,
    `boot.kernelModules = ${strings(facts.kernelModules)};`,
    ...(facts.broadcomDriver ? [`boot.extraModulePackages = [ ${driver} ];`] : []),
    ...facts.switches.map((name) => `${name} = true;`),
    ...(microcode
      ? [
          `hardware.cpu.${microcode}.updateMicrocode = lib.mkDefault config.hardware.enableRedistributableFirmware;`,
        ]
      : []),
    `nixpkgs.hostPlatform = lib.mkDefault "${facts.platform}";`,
  ];
  return [
    "# Written by Floppy when this machine was installed: what it told of its hardware.",
    "{ config, lib, modulesPath, ... }:",
    "{",
    ...lines.map((line) => `  ${line}`),
    "}",
    "",
  ].join("\n");
}
