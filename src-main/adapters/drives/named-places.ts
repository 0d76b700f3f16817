import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { mayAccess } from "#linux/may-access.ts";

/** What a name leads to on this computer: a device, or a file that may be a practice drive. */
export type NamedPlace = { path: string; partitionOf: string | null };

const linkFolders = "/dev/disk";
const blockFolder = "/sys/class/block";

/** All that goes by a name: a path in any spelling, a kernel's name as `sdb`, or a link's below /dev/disk. */
export async function namedPlaces(name: string): Promise<NamedPlace[]> {
  if (name.trim() === "") return [];
  const folders = ["/dev", ...(await list(linkFolders)).map((folder) => join(linkFolders, folder))];
  const spellings = [resolve(name), ...folders.map((folder) => join(folder, name))];
  const real = await Promise.all(spellings.map((path) => realpath(path).catch(() => null)));
  const paths = [...new Set(real.filter((path) => path !== null))];
  return (await Promise.all(paths.map(placesAt))).flat();
}

async function placesAt(path: string): Promise<NamedPlace[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isBlockDevice()) return [{ path, partitionOf: await diskOf(basename(path)) }];
  if (!found?.isFile()) return [];
  const loops = (await list(blockFolder)).map(async (name) => {
    const file = await readFile(join(blockFolder, name, "loop/backing_file"), "utf8").catch(() => "");
    return file.trimEnd() === path ? [join("/dev", name)] : [];
  });
  const paths = [path, ...(await Promise.all(loops)).flat()];
  return paths.map((each) => ({ path: each, partitionOf: null }));
}

/** The disk of a partition; null for what is none. In sysfs, a partition lies in its disk's folder. */
async function diskOf(name: string): Promise<string | null> {
  const folder = join(blockFolder, name);
  if (!(await mayAccess(join(folder, "partition")))) return null;
  return join("/dev", basename(dirname(await realpath(folder))));
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
