import type { System } from "#contract/catalog.ts";

/** What decides whether this machine can build for a system. */
export type BuildMachine = {
  /** The system it is, as nix names it. */
  system: string;
  extraPlatforms: string[];
  /** What the kernel runs through an emulator (`/proc/sys/fs/binfmt_misc/*`, each entry's text). */
  binfmtEntries: string[];
  /** The `builders` line in force, one builder a line or between semicolons. */
  builders: string;
};

/** How it would build, or what stands in the way. */
export type Ability =
  | { able: true; by: "itself" | "emulation" | "builder" }
  | { able: false; binfmt: boolean; extraPlatforms: boolean };

/** ELF's number of the machine (`e_machine`, little-endian), as binfmt entries have it in their magic. */
const elfMachine: Record<System, string> = { "x86_64-linux": "3e00", "aarch64-linux": "b700" };

/** Whether an entry of binfmt_misc is enabled and takes 64-bit ELF programs of that system. */
export function emulates(entry: string, system: System): boolean {
  const magic = /^magic ([0-9a-f]+)$/m.exec(entry)?.[1] ?? "";
  return (
    /^enabled$/m.test(entry) && magic.startsWith("7f454c4602") && magic.slice(36, 40) === elfMachine[system]
  );
}

/** Whether one of the builders takes that system: `URI SYSTEM[,SYSTEM…] …`, where `-` means this machine's. */
function builderFor(builders: string, system: System, own: string): boolean {
  return builders.split(/[;\n]/).some((line) => {
    const [uri, systems = "-"] = line.trim().split(/\s+/);
    if (!uri || uri.startsWith("#")) return false;
    return (systems === "-" ? [own] : systems.split(",")).includes(system);
  });
}

export function abilityToBuild(machine: BuildMachine, system: System): Ability {
  if (machine.system === system) return { able: true, by: "itself" };
  if (builderFor(machine.builders, system, machine.system)) return { able: true, by: "builder" };
  const binfmt = machine.binfmtEntries.some((entry) => emulates(entry, system));
  const extraPlatforms = machine.extraPlatforms.includes(system);
  if (binfmt && extraPlatforms) return { able: true, by: "emulation" };
  return { able: false, binfmt, extraPlatforms };
}
