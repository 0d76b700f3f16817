/** A machine as a newcomer has it: all of this one's programs but nix, and, for a command, no network at all. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = ["/usr/sbin", "/usr/bin"];

/** `env` is the whole environment for a process there. */
export function machineWithoutNix() {
  const folder = mkdtempSync(join(tmpdir(), "floppy-bare-"));
  const [programs, home] = [join(folder, "bin"), join(folder, "home")];
  mkdirSync(programs);
  mkdirSync(home);
  const found = new Map(folders.flatMap((from) => readdirSync(from).map((name) => [name, join(from, name)])));
  for (const [name, path] of found) if (!name.startsWith("nix")) symlinkSync(path, join(programs, name));
  return {
    folder,
    env: { HOME: home, PATH: programs, LANG: "C.UTF-8" } as NodeJS.ProcessEnv,
    /** The command line that starts a program without any network. */
    offline: (...command: string[]) => ["/usr/bin/unshare", "--net", "--", ...command],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
