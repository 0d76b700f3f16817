import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What Floppy itself puts into a data folder. */
const OWN =
  /^(inventory\.sqlite(-wal|-shm|-journal)?|settings\.json(\..+)?|station\.html|secrets|borrowed|practice|systems|manifests|images|demonstration-.+)$/;
/** What was downloaded is no secret. */
const OPEN = "images";
/** Their files hold keys, what lies on somebody's drives, or what must not be forgotten. */
const FOLDERS = ["secrets", "borrowed", "practice", "systems", "manifests"];

/**
 * Takes from everybody else what an older Floppy, or a copy of the folder, left readable. A folder that holds other
 * things too, as a home folder that was named, keeps its own mode; what belongs to another user is theirs.
 */
export async function keepToOwner(folder: string): Promise<void> {
  const names = await namesIn(folder);
  const own = names.filter((name) => OWN.test(name));
  if (own.length === names.length) await tighten(folder);
  for (const name of own.filter((name) => name !== OPEN)) await tighten(join(folder, name));
  for (const name of FOLDERS) {
    const inside = join(folder, name);
    for (const file of await namesIn(inside)) await tighten(join(inside, file));
  }
}

/** Where there is no folder, or none that may be read, there is nothing to take. */
function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function tighten(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found || !(found.isFile() || found.isDirectory()) || found.uid !== process.getuid?.()) return;
  // A file system that is read-only, or has no modes, is not made another one by refusing to start.
  if ((found.mode & 0o077) !== 0) await chmod(path, found.mode & 0o700).catch(() => undefined);
}
