import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The user who let an elevated writer in; null where the writer has no more rights than they have. */
export function askingUser(): number | null {
  const uid = Number(process.env.PKEXEC_UID ?? process.env.SUDO_UID ?? 0);
  return process.geteuid?.() === 0 && uid !== 0 ? uid : null;
}

/**
 * Does something with the rights of the user who let an elevated writer in, so that nobody has files read or written
 * for them that they may not open themselves. Without elevation it is simply done. Nothing else may run meanwhile:
 * rights belong to the whole process.
 */
export async function asAskingUser<T>(act: () => Promise<T>): Promise<T> {
  const uid = askingUser();
  const { getegid, getgroups, setgroups, setegid, seteuid } = process;
  if (uid === null || !getegid || !getgroups || !setgroups || !setegid || !seteuid) return act();
  const groups = (await run("id", ["-G", String(uid)])).stdout.trim().split(" ").map(Number);
  const own = { group: getegid(), groups: getgroups() };
  setgroups(groups);
  setegid(groups[0] ?? uid);
  seteuid(uid);
  try {
    return await act();
  } finally {
    seteuid(0);
    setegid(own.group);
    setgroups(own.groups);
  }
}
