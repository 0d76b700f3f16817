import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { FloppyError } from "#contract/errors.ts";
import type { DriveMount } from "#core/drives/recheck.ts";
import { planUnmount } from "#core/drives/unmount-order.ts";
import { readOwnMounts } from "#linux/read-mounts.ts";
import { driveBusy, unmountRefused, wayBlocked } from "./errors.ts";
import { findUsers } from "./holders.ts";

const run = promisify(execFile);

/** Printed by the shell, a path may hold any byte; Node passes on only what is UTF-8. The dot saves a newline at its end. */
const script = `target=$(printf "$1."); shift; exec umount "$@" -- "\${target%.}"`;

/**
 * Unmounts exactly these mounts, those that lie on others first, or none of them and says what is in the way. Never
 * lazily: that would leave writers at work on the drive.
 */
export async function unmount(
  path: string,
  mounts: DriveMount[],
  log: (text: string) => void,
): Promise<void> {
  refuse(
    path,
    mounts.filter(({ isOwn }) => !isOwn),
  );
  for (let left = await look(path, mounts); left.length > 0; left = await look(path, mounts)) {
    const [next] = left;
    if (next === undefined) return;
    await unmountTop(path, next);
    if ((await ownOf(mounts)).own.some(({ id }) => id === next.id)) throw wayBlocked(path, [next]);
    log(`Unmounted ${next.target}.`);
  }
}

/** What is left to be unmounted, in its order, as it is mounted at this moment. */
async function look(path: string, mounts: DriveMount[]) {
  const { all, own } = await ownOf(mounts);
  const ids = new Set(own.map(({ id }) => id));
  const { order, inTheWay } = planUnmount(all, ({ id }) => ids.has(id));
  refuse(path, inTheWay);
  return order;
}

/** A mount's id is given anew once it is gone, so the whole of it is compared. */
async function ownOf(mounts: DriveMount[]) {
  const all = await readOwnMounts();
  const isOwn = (line: (typeof all)[number]) =>
    mounts.some(
      ({ id, targetBytes, source }) =>
        id === line.id && targetBytes === line.targetBytes && source === line.source,
    );
  return { all, own: all.filter(isOwn) };
}

type Blocking = Pick<DriveMount, "source" | "target" | "filesystem"> & { elsewhere?: boolean };

function refuse(path: string, inTheWay: Blocking[]): void {
  if (inTheWay.length > 0) throw wayBlocked(path, inTheWay);
}

async function unmountTop(path: string, { target, targetBytes }: { target: string; targetBytes: string }) {
  const octal = [...Buffer.from(targetBytes, "latin1")].map(
    (byte) => `\\${byte.toString(8).padStart(3, "0")}`,
  );
  // The place is as the kernel told it: links that came there since lead elsewhere. Only root may say so.
  const options = process.geteuid?.() === 0 ? ["--no-canonicalize"] : [];
  try {
    await run("sh", ["-c", script, "sh", octal.join(""), ...options], {
      env: { ...process.env, LC_ALL: "C" },
    });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    if (/busy/.test(said)) throw driveBusy(`${target} on ${path}`, await findUsers(target));
    if (/umount: not found/.test(said)) throw umountMissing();
    throw unmountRefused(`${target} on ${path}`, said);
  }
}

function umountMissing(): FloppyError {
  return new FloppyError(
    "TOOL_MISSING",
    "There is no umount here, and the drive is mounted.",
    "Nothing was written. Install util-linux, or unmount the drive yourself, then try again.",
  );
}
