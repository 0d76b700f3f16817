import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";

/** Who keeps a drive or a folder in use, as far as this process may see: `vim (1234)`, `dm-0`. */
export async function findHolders(path: string): Promise<string[]> {
  const pids = (await list("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const processes = await Promise.all(pids.map((pid) => nameIfHolding(pid, path)));
  const stacked = await list(join("/sys/class/block", basename(path), "holders"));
  return [...processes.filter((name) => name !== null), ...stacked];
}

async function nameIfHolding(pid: string, path: string): Promise<string | null> {
  const folder = join("/proc", pid);
  const descriptors = (await list(join(folder, "fd"))).map((fd) => join(folder, "fd", fd));
  const links = [join(folder, "cwd"), join(folder, "root"), ...descriptors];
  const targets = await Promise.all(links.map((link) => readlink(link).catch(() => "")));
  if (!targets.some((target) => isOn(target, path))) return null;
  const name = await readFile(join(folder, "comm"), "utf8").catch(() => "a process");
  return `${name.trim()} (${pid})`;
}

/** The drive itself, its partitions (`sdb1`, `mmcblk0p1`), or what lies in the folder. */
function isOn(target: string, path: string): boolean {
  if (!target.startsWith(path)) return false;
  return /^(p?\d+)?$|^\//.test(target.slice(path.length));
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
