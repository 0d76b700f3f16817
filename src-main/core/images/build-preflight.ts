import { type System, system as systemParser } from "#contract/catalog.ts";
import type { Preflight, PreflightCheck } from "#contract/images.ts";
import { formatBytes } from "../text/format.ts";
import { abilityToBuild, type BuildMachine } from "./build-machine.ts";

/** What asking the flake for the target gave. */
export type TargetFound =
  | { state: "found"; system: string; derivation: string; built: boolean }
  | { state: "unknown"; attribute: string; flake: string }
  /** The flake, or another that it is made of, is not here and does not come. */
  | { state: "unreachable"; address: string; reason: string }
  | { state: "failed"; message: string };

/** What a build needs that is not here: sources, and paths that a cache has; and the caches, where none answers. */
export type Fetching = { sources: number; paths: number; silent: string[] };

export type PreflightFacts = {
  version: string;
  target: TargetFound;
  /** Null where nothing is built, or nix does not say. */
  fetching: Fetching | null;
  machine: BuildMachine;
  /** Where nix keeps what it builds. */
  store: { path: string; freeBytes: number };
  /** Null where no setting needs nix's trust. */
  trust: { user: string; trusted: boolean } | null;
};

/** A NixOS card image, its closure and the unpacked root file system, all at once in the store. */
export const BUILD_BYTES = 6 * 1024 ** 3;

const confFile = "nix.conf (/etc/nix/nix.conf)";

function passed(name: string, found: string): PreflightCheck {
  return { name, ok: true, found, fix: null };
}

function failed(name: string, found: string, fix: string): PreflightCheck {
  return { name, ok: false, found, fix };
}

function checkTarget(target: TargetFound): PreflightCheck {
  const name = "Target";
  switch (target.state) {
    case "found":
      return passed(name, target.built ? "Built already." : "The flake has it.");
    case "unknown":
      return failed(
        name,
        `The flake ${target.flake} has no ${target.attribute}.`,
        "Choose another role, another flake in Settings, or an image file.",
      );
    case "unreachable":
      return failed(
        name,
        `What the flake is made of is not on this machine, and ${target.address} cannot be reached: ${target.reason}.`,
        "Connect this machine to the internet, at least until the image is built once, or use an image file.",
      );
    case "failed":
      return failed(
        name,
        `Nix could not read it: ${target.message}`,
        "Mend the flake or the network, or use an image file.",
      );
  }
}

const emulatorFix = (system: System) =>
  `install the emulator (Debian: apt install qemu-user-static; NixOS: boot.binfmt.emulatedSystems = [ "${system}" ])`;
const platformFix = (system: System) => `add “extra-platforms = ${system}” to ${confFile}`;

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function checkSystem(machine: BuildMachine, system: System): PreflightCheck {
  const name = `Build for ${system}`;
  const ability = abilityToBuild(machine, system);
  if (ability.able) {
    const how = {
      itself: "This machine builds it itself.",
      emulation: "This machine builds it through emulation: slow, but it works.",
      builder: "A remote builder takes it.",
    };
    return passed(name, how[ability.by]);
  }
  const missing = [
    ...(ability.binfmt ? [] : [{ what: `no binfmt entry for ${system}`, fix: emulatorFix(system) }]),
    ...(ability.extraPlatforms
      ? []
      : [{ what: `no ${system} in nix’s extra-platforms`, fix: platformFix(system) }]),
  ];
  return failed(
    name,
    `This machine is ${machine.system}, with ${missing.map(({ what }) => what).join(" and ")}.`,
    `${sentence(missing.map(({ fix }) => fix).join(", and "))} Or set a remote builder in Settings.`,
  );
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function checkPackages({ sources, paths, silent }: Fetching): PreflightCheck[] {
  const name = "Packages";
  if (silent.length > 0) {
    const found = `${count(sources, "source")} would have to be downloaded, and no cache answers: ${silent.join(", ")}.`;
    const fix =
      "Connect this machine to the internet, set a cache that it can reach in Settings, or use an image file.";
    return [failed(name, found, fix)];
  }
  const needed = [
    ...(paths > 0 ? [`${count(paths, "path")} from a cache`] : []),
    ...(sources > 0 ? [count(sources, "source")] : []),
  ];
  return needed.length > 0 ? [passed(name, `To be downloaded: ${needed.join(", ")}.`)] : [];
}

function checkDisk({ path, freeBytes }: PreflightFacts["store"]): PreflightCheck {
  const found = `${formatBytes(freeBytes)} free in ${path}.`;
  if (freeBytes >= BUILD_BYTES) return passed("Disk", found);
  return failed("Disk", found, `An image can need ${formatBytes(BUILD_BYTES)}. Run nix-collect-garbage.`);
}

function checkTrust({ user, trusted }: { user: string; trusted: boolean }): PreflightCheck {
  if (trusted) return passed("Trust", `Nix trusts ${user}.`);
  return failed(
    "Trust",
    `Nix does not trust ${user} and will ignore the builders and caches set in Settings.`,
    `Add “trusted-users = root ${user}” to ${confFile} and restart nix-daemon.`,
  );
}

/** Every check in the order in which a build would meet it. */
export function assessPreflight(facts: PreflightFacts): Preflight {
  const { version, target, fetching, machine, store, trust } = facts;
  const toBuild = target.state === "found" && !target.built ? target : null;
  const system = systemParser.safeParse(toBuild?.system);
  const checks = [
    passed("Nix", `Nix ${version} is installed.`),
    checkTarget(target),
    ...(system.success ? [checkSystem(machine, system.data)] : []),
    ...(fetching ? checkPackages(fetching) : []),
    ...(target.state === "found" && target.built ? [] : [checkDisk(store)]),
    ...(trust ? [checkTrust(trust)] : []),
  ];
  return { ready: checks.every(({ ok }) => ok), checks };
}

export function preflightWithoutNix(): Preflight {
  const check = failed(
    "Nix",
    "Nix is not installed on this machine.",
    "Install it (Debian: apt install nix-bin), or use an image file.",
  );
  return { ready: false, checks: [check] };
}
