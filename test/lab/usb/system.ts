/** What the machine runs that drives are plugged into: a small Debian, and all of Floppy that seldom changes. */
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { cached, digestOf } from "../cache.ts";
import { debianTree } from "../debian.ts";
import { guestFolder, labImage, wantedModules } from "../image.ts";

export const project = fileURLToPath(new URL("../../..", import.meta.url));
const ownFolder = fileURLToPath(new URL("guest", import.meta.url));
const MEBIBYTE = 1024 ** 2;
const DISK_BYTES = 1536 * MEBIBYTE;
const ROOT_OFFSET = MEBIBYTE;
/** By it the initial RAM disk finds the partition, on whatever bus. */
export const ROOT_NAME = "floppy-usb-lab";

export type System = {
  kernel: string;
  initrd: string;
  /** A disk with one partition, which holds the system. */
  disk: string;
  /** The private key that is let in as root. */
  key: string;
};

const wanted = ["sshd.service", "systemd-networkd.service"];

/** The folders of what npm brings to those who only run Floppy, and the node that runs it. */
async function productionPackages(): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
  const outermost = Object.keys(packages).filter((path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path));
  const needed = outermost.filter((path) => packages[path].dev !== true || path === "node_modules/node");
  // Those of other systems were not brought.
  return needed.filter((path) => existsSync(join(project, path)));
}

async function bringPackages(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execa("cp", ["--archive", "--parents", ...(await productionPackages()), folder], { cwd: project });
}

async function layOutRoot(root: string, debian: string, key: string): Promise<void> {
  await mkdir(root);
  await execa("cp", ["--archive", join(debian, "usr"), root]);
  await cp(join(guestFolder, "common/etc"), join(root, "etc"), { recursive: true });
  await cp(ownFolder, root, { recursive: true });
  await bringPackages(join(root, "opt/floppy"));
  await cp(`${key}.pub`, join(root, "etc/ssh/authorized_keys"));
  await makeKey(join(root, "etc/ssh/ssh_host_ed25519_key"));
  const wants = join(root, "etc/systemd/system/multi-user.target.wants");
  await mkdir(wants, { recursive: true });
  for (const unit of wanted) await symlink(`/etc/systemd/system/${unit}`, join(wants, unit));
  for (const folder of ["root", "var/cache/node", "var/tmp"])
    await mkdir(join(root, folder), { recursive: true });
}

async function makeKey(file: string): Promise<void> {
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", file]);
}

async function makeDisk(root: string, disk: string): Promise<void> {
  await execa("truncate", ["--size", String(DISK_BYTES), disk]);
  const table = `label: gpt\nstart=${ROOT_OFFSET / 512}, name=${ROOT_NAME}\n`;
  await execa("sfdisk", ["--quiet", disk], { input: table });
  const blocks = String((DISK_BYTES - 2 * ROOT_OFFSET) / 4096);
  const places = ["-E", `offset=${ROOT_OFFSET},lazy_itable_init=1,root_owner=0:0`, "-b", "4096"];
  await execa("mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", ...places, "-d", root, disk, blocks]);
}

async function rootDisk(): Promise<string> {
  const debian = await debianTree(await wantedModules());
  const sources = [ownFolder, join(guestFolder, "common/etc"), join(project, "package-lock.json")];
  const digest = await digestOf([import.meta.filename, ...sources], debian);
  return cached("usb-root", digest, async (folder) => {
    await makeKey(join(folder, "key"));
    const root = join(folder, "root");
    await layOutRoot(root, debian, join(folder, "key"));
    await makeDisk(root, join(folder, "disk.img"));
    await rm(root, { recursive: true });
  });
}

export async function usbSystem(): Promise<System> {
  const image = await labImage();
  const folder = await rootDisk();
  return {
    kernel: join(image, "kernel"),
    initrd: join(image, "initrd"),
    disk: join(folder, "disk.img"),
    key: join(folder, "key"),
  };
}
