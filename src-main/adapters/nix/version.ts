import { execa } from "execa";
import type { NixContext } from "./run-nix.ts";

/** The number in `nix (Nix) 2.8.0`, or null where there is no nix that runs. */
export async function nixVersion({ env }: NixContext): Promise<string | null> {
  const { failed, stdout } = await execa("nix", ["--version"], {
    env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  if (failed) return null;
  return /(\d+\.\d+\S*)\s*$/.exec(stdout)?.[1] ?? null;
}

/** Whether a version is at least `major.minor`. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [its = 0, itsMinor = 0] = version.split(".").map(Number.parseFloat);
  return its > major || (its === major && itsMinor >= minor);
}
