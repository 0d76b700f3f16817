import { execFile } from "node:child_process";
import { constants, lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { FloppyError } from "#contract/errors.ts";
import type { BlockDevices, PlainFile } from "#core/drives/block-devices.ts";
import { assemble, type SysfsFacts } from "./assemble.ts";
import { readBootId } from "./boot-id.ts";
import { kernelName, type LsblkDevice, lsblkColumns, parseLsblk } from "./lsblk.ts";
import { mayAccess } from "./may-access.ts";
import { parseSwaps } from "./mounts.ts";
import { readMounts } from "./read-mounts.ts";
import { readUsb } from "./usb.ts";

const run = promisify(execFile);

/**
 * This machine's storage as it is now. `paths` may name regular files to be looked at as well;
 * what is no regular file, or has a second name, is left out.
 */
export async function readBlockDevices(paths: string[] = []): Promise<BlockDevices> {
  const lsblk = understood(await runLsblk());
  const [mounts, swaps, sysfs, byId, byPath, btrfs, files] = await Promise.all([
    readMounts(),
    readSwaps(),
    readSysfs(lsblk),
    readLinks("/dev/disk/by-id"),
    readLinks("/dev/disk/by-path"),
    readBtrfs(),
    readFiles(paths),
  ]);
  const aliases = await readAliases([...mounts.map((mount) => mount.source), ...swaps]);
  return assemble({ bootId: readBootId(), lsblk, mounts, swaps, sysfs, byId, byPath, btrfs, aliases, files });
}

function understood(stdout: string): LsblkDevice[] {
  try {
    return parseLsblk(stdout);
  } catch (thrown) {
    throw new FloppyError(
      "COMPUTER_FAILED",
      "The lsblk of this computer does not list its drives as it should.",
      "Nothing was written. Install the lsblk of util-linux, then try again.",
      { reason: String(thrown), stdout: stdout.slice(0, 1000) },
    );
  }
}

/** pkexec and sudo give the writer a short PATH, which misses these on some systems. */
const usualPlaces = ["/run/current-system/sw/bin", "/usr/bin", "/bin"];

const LSBLK_TRIES = 3;
const noDevices = JSON.stringify({ blockdevices: [] });

/**
 * A disk that comes or goes meanwhile may make lsblk fail, or print nothing at all, as it does where there are none: it
 * is asked once more.
 */
async function runLsblk(tries = 1): Promise<string> {
  const mayTry = tries < LSBLK_TRIES;
  try {
    const { stdout } = await run("lsblk", ["--json", "--bytes", "--paths", "--output", lsblkColumns], {
      timeout: 10_000,
      maxBuffer: 16 * 1024 ** 2,
      env: {
        ...process.env,
        LC_ALL: "C",
        PATH: [process.env.PATH, ...usualPlaces].filter(Boolean).join(":"),
      },
    });
    if (stdout.trim() !== "") return stdout;
  } catch (thrown) {
    const isMissing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    if (isMissing || !mayTry) throw thrown;
  }
  return mayTry ? runLsblk(tries + 1) : noDevices;
}

/** A kernel that cannot swap has no such file. */
async function readSwaps(): Promise<string[]> {
  if (!(await mayAccess("/proc/swaps"))) return [];
  return parseSwaps(await readFile("/proc/swaps", "latin1"));
}

async function readSysfs(devices: LsblkDevice[]): Promise<Map<string, SysfsFacts>> {
  const udevRuns = await mayAccess("/run/udev/control");
  const facts = devices.map(async (device) => {
    const name = kernelName(device.kname);
    const settled = !udevRuns || (await mayAccess(`/run/udev/data/b${device["maj:min"]}`));
    return [name, await readSysfsFacts(name, settled)] as const;
  });
  return new Map(await Promise.all(facts));
}

async function readSysfsFacts(name: string, settled: boolean): Promise<SysfsFacts> {
  const attribute = (path: string) => readText(join("/sys/class/block", name, path));
  const card = (path: string) => (name.startsWith("mmcblk") ? attribute(join("device", path)) : null);
  const [sequence, start, backingFile, cardType, cardName, cardSerial, usb] = await Promise.all([
    attribute("diskseq"),
    attribute("start"),
    attribute("loop/backing_file"),
    card("type"),
    card("name"),
    card("serial"),
    readUsb(name),
  ]);
  return {
    diskSequence: sequence === null ? null : Number(sequence),
    startSectors: start === null ? null : Number(start),
    backingFile,
    card: { type: cardType, name: cardName, serial: cardSerial },
    usb,
    settled,
  };
}

async function readLinks(folder: string): Promise<Map<string, string[]>> {
  const links = new Map<string, string[]>();
  for (const name of await listFolder(folder)) {
    const target = await readlink(join(folder, name)).catch(() => null);
    if (target === null) continue;
    const path = resolve(folder, target);
    links.set(path, [...(links.get(path) ?? []), name]);
  }
  return links;
}

async function readBtrfs(): Promise<string[][]> {
  const root = "/sys/fs/btrfs";
  const groups = (await listFolder(root)).map((uuid) => listFolder(join(root, uuid, "devices")));
  return Promise.all(groups);
}

async function readAliases(paths: string[]): Promise<Map<string, string>> {
  const inDev = [...new Set(paths.flatMap((path) => path.split(":")))].filter((path) =>
    path.startsWith("/dev/"),
  );
  const resolved = inDev.map(async (path) => [path, await realpath(path).catch(() => path)] as const);
  return new Map(await Promise.all(resolved));
}

async function readFiles(paths: string[]): Promise<PlainFile[]> {
  const files = paths.map(async (path): Promise<PlainFile[]> => {
    const found = await lstat(path).catch(() => null);
    if (!found?.isFile() || found.nlink !== 1) return [];
    return [{ path, sizeBytes: found.size, readOnly: !(await mayAccess(path, constants.W_OK)) }];
  });
  return (await Promise.all(files)).flat();
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").then(
    (content) => content.trim(),
    () => null,
  );
}

async function listFolder(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
