import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import type { CheckedDrive } from "#core/drives/recheck.ts";

/** Opens nothing of a file but its place, so that no rights are lent; Node has no name for it. */
const O_PATH = 0o10000000;

/** Throws where something that Floppy itself needs meanwhile lies on the very drive: it could not be unmounted. */
export async function refuseOwnPlace(
  { path, mounts }: CheckedDrive,
  what: string,
  place: string,
): Promise<void> {
  if (!(await liesOnDrive(place, mounts))) return;
  throw new FloppyError(
    "DRIVE_BUSY",
    `${what} ${place} lies on the very drive, ${path}.`,
    "Nothing was written, and the drive is as it was. Copy it to another disk first, or choose another drive.",
    { path, place },
  );
}

/** By the mount in which it is found, whatever links and names lead there; of what is not there yet, by its folder. */
export async function liesOnDrive(place: string, mounts: CheckedDrive["mounts"]): Promise<boolean> {
  if (mounts.length === 0) return false;
  const mount = await mountOf(place);
  return mounts.some(({ id, isOwn }) => isOwn && id === mount);
}

async function mountOf(place: string): Promise<number | null> {
  const handle = await open(place, O_PATH).catch(() => null);
  if (handle === null) return dirname(place) === place ? null : mountOf(dirname(place));
  try {
    const facts = await readFile(`/proc/self/fdinfo/${handle.fd}`, "utf8");
    return Number(/^mnt_id:\s*(\d+)$/m.exec(facts)?.[1]);
  } finally {
    await handle.close();
  }
}
