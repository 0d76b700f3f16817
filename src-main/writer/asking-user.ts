import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The user who let an elevated writer in; null where the writer has no more rights than they have. */
export function askingUser(): number | null {
  const uid = Number(process.env.PKEXEC_UID ?? process.env.SUDO_UID ?? 0);
  return process.geteuid?.() === 0 && uid !== 0 ? uid : null;
}

/** A command that runs with the rights of that user: their groups, none of root's powers, and no way back to them. */
export async function asUser(uid: number, command: string[]): Promise<string[]> {
  const groups = (await run("id", ["-G", String(uid)])).stdout.trim().split(" ");
  const rights = [`--reuid=${uid}`, `--regid=${groups[0] ?? uid}`, `--groups=${groups.join(",")}`];
  return ["setpriv", ...rights, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--", ...command];
}
