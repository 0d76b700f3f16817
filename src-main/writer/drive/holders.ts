import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseMountinfo } from "#linux/mounts.ts";
import { deviceNumber } from "./device-number.ts";

const blockFolder = "/sys/class/block";

/** A process as far as it can be looked into: its folder in /proc, and what it has open by link. */
type Seen = { pid: number; folder: string; links: { path: string; target: string }[] };

/** Who keeps a drive in use, as far as this process may see: `mkfs.ext4 (1234)`, `the LUKS volume “backup” (dm-0)`. */
export async function findHolders(path: string): Promise<string[]> {
  const numbers = await numbersOf(path);
  const holding = async ({ links }: Seen) => {
    const found = await Promise.all(links.map((link) => isDeviceOf(link, numbers)));
    return found.includes(true);
  };
  const [stacked, processes, mounted] = await Promise.all([
    findStacked(path),
    namesOf(holding),
    mountedElsewhere(numbers),
  ]);
  return [...stacked, ...processes, ...mounted];
}

/** Who keeps a mounted folder in use: programs that work in it, and loop devices on files of it. */
export async function findUsers(target: string): Promise<string[]> {
  const isIn = (path: string) => path === target || path.startsWith(`${target}/`);
  const loops = (await list("/sys/block")).map(async (name) => {
    const file = await text(join("/sys/block", name, "loop/backing_file"));
    return file !== null && isIn(file) ? [`${join("/dev", name)} on ${file}`] : [];
  });
  const processes = await namesOf(async ({ links }) => links.some((link) => isIn(link.target)));
  return [...processes, ...(await Promise.all(loops)).flat()];
}

/** What the kernel has stacked on a drive or its partitions: none of it lets go by itself. */
export async function findStacked(path: string, blocks = blockFolder): Promise<string[]> {
  const holders = (await partsOf(path, blocks)).map((name) => list(join(blocks, name, "holders")));
  const names = [...new Set((await Promise.all(holders)).flat())];
  return Promise.all(names.map((name) => describeStacked(name, join(blocks, name))));
}

async function describeStacked(name: string, folder: string): Promise<string> {
  const [mapping, uuid] = await Promise.all(["name", "uuid"].map((file) => text(join(folder, "dm", file))));
  if (!mapping) return /^md/.test(name) ? `the RAID ${name}` : name;
  const kinds: [RegExp, string][] = [
    [/^CRYPT-LUKS/, "LUKS volume"],
    [/^CRYPT-/, "encrypted volume"],
    [/^LVM-/, "LVM volume"],
    [/^mpath-/, "multipath device"],
  ];
  const [, kind] = kinds.find(([prefix]) => prefix.test(uuid ?? "")) ?? ["", "mapping"];
  return `the ${kind} “${mapping}” (${name})`;
}

/** The kernel's names of a drive and its partitions. */
export async function partsOf(path: string, blocks = blockFolder): Promise<string[]> {
  const disk = basename(path);
  const inside = await list(join(blocks, disk));
  return [disk, ...inside.filter((name) => name.startsWith(disk))];
}

async function numbersOf(path: string): Promise<Set<string>> {
  const numbers = (await partsOf(path)).map((name) => text(join(blockFolder, name, "dev")));
  return new Set((await Promise.all(numbers)).filter((number) => number !== null));
}

/** Whatever name it was opened by; no other link is followed, for one may lead to a server that does not answer. */
async function isDeviceOf({ path, target }: Seen["links"][number], numbers: Set<string>): Promise<boolean> {
  if (!target.startsWith("/dev/")) return false;
  const found = await stat(path).catch(() => null);
  return found?.isBlockDevice() === true && numbers.has(deviceNumber(found.rdev));
}

/** Of each namespace of mounts but our own, by the first process that is found in it. */
async function mountedElsewhere(numbers: Set<string>): Promise<string[]> {
  const namespaces = new Set([await readlink("/proc/self/ns/mnt").catch(() => "")]);
  const found: string[] = [];
  for (const pid of await pids()) {
    const folder = join("/proc", `${pid}`);
    const namespace = await readlink(join(folder, "ns/mnt")).catch(() => "");
    if (namespaces.has(namespace)) continue;
    namespaces.add(namespace);
    const mounts = parseMountinfo(await readFile(join(folder, "mountinfo"), "latin1").catch(() => ""));
    const mine = mounts.filter(({ number }) => numbers.has(number));
    const name = await nameOf(pid);
    found.push(...mine.map(({ target }) => `${name}, for which it is mounted at ${target}`));
  }
  return found;
}

async function namesOf(isHolding: (seen: Seen) => Promise<boolean>): Promise<string[]> {
  const others = (await pids()).filter((pid) => pid !== process.pid);
  const names = others.map(async (pid) => ((await isHolding(await look(pid))) ? [await nameOf(pid)] : []));
  return (await Promise.all(names)).flat();
}

async function look(pid: number): Promise<Seen> {
  const folder = join("/proc", `${pid}`);
  const descriptors = (await list(join(folder, "fd"))).map((fd) => join(folder, "fd", fd));
  const paths = [...["cwd", "root", "exe"].map((link) => join(folder, link)), ...descriptors];
  const links = paths.map(async (path) => ({ path, target: await readlink(path).catch(() => "") }));
  return { pid, folder, links: await Promise.all(links) };
}

async function nameOf(pid: number): Promise<string> {
  const name = (await text(join("/proc", `${pid}`, "comm"))) ?? "a process";
  return pid === process.ppid ? `Floppy itself, ${name} (${pid})` : `${name} (${pid})`;
}

async function pids(): Promise<number[]> {
  return (await list("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function text(path: string): Promise<string | null> {
  return readFile(path, "utf8").then(
    (content) => content.trim(),
    () => null,
  );
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
