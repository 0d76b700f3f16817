/** What has to be so once a laptop is provisioned: asked of the running device, and read from its disk and its stick. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import type { Device } from "#contract/devices.ts";
import { installationOf, type Run } from "#contract/runs.ts";
import { hostname, serial } from "./bench.ts";
import type { Bench } from "./floppy.ts";
import { partitionsOf } from "./laptop.ts";
import type { Target } from "./target.ts";

const MEBIBYTE = 1024 ** 2;

/** Runs a command as the device's user, by the owner's key and the host key that the inventory knows. */
async function onDevice(bench: Bench, target: Target, hostKey: string, command: string): Promise<string> {
  const known = join(bench.folder, "known_hosts");
  await writeFile(known, `device ${hostKey}\n`);
  const options = [
    "BatchMode=yes",
    "HostKeyAlias=device",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${known}`,
  ].flatMap((option) => ["-o", option]);
  const address = ["-p", String(target.sshPort()), "-i", bench.ownerKey, "jeremy@127.0.0.1"];
  return (await execa("ssh", [...options, ...address, command], { stdin: "ignore" })).stdout;
}

/** The device as it runs: its name, its system, its mounts, and that nobody is let in with the run's key any more. */
export async function expectRunning(bench: Bench, target: Target, run: Run, device: Device): Promise<void> {
  expect(device).toMatchObject({ status: { state: "provisioned" }, hostname, role: "dev" });
  const ask = (command: string) => onDevice(bench, target, device.hostKey ?? "", command);
  expect(await ask("hostname; readlink /run/current-system")).toBe(
    `${hostname}\n${installationOf(run)?.system?.storePath}`,
  );
  const { filesystems } = JSON.parse(await ask("findmnt --json --list --types btrfs,vfat"));
  const mounts = filesystems.map(({ target: at, options }: Record<string, string>) => [at, options]);
  for (const [at, subvolume] of Object.entries({
    "/": "@",
    "/home": "@home",
    "/nix": "@nix",
    "/var/log": "@log",
    "/.snapshots": "@snapshots",
  }))
    expect(mounts).toContainEqual([
      at,
      expect.stringMatching(new RegExp(`compress=zstd.*subvol=/${subvolume}$`)),
    ]);
  expect(mounts.map(([at]: string[]) => at)).toContain("/boot");
  const verified = JSON.parse(await ask("sudo floppy verify"));
  expect(verified).toMatchObject({ ok: true, serial, host: "dell", role: "dev", problems: [] });
  expect(await ask("sudo sh -c 'test -e /var/lib/floppy/authorized_keys.d/root || echo gone'")).toBe("gone");
}

/** The disk as it lies there: partitions, subvolumes, that data is packed, and what the firmware starts. */
export async function expectDisk(bench: Bench, target: Target): Promise<void> {
  const disk = join(bench.folder, "disk.img");
  await target.copyDisk(0, disk);
  const { stdout: table } = await execa("sgdisk", ["--print", disk]);
  expect(table).toMatch(/512\.0 MiB\s+EF00\s+floppy-esp/);
  expect(table).toMatch(/8300\s+floppy-root/);
  const [esp = 0, root = 0] = await partitionsOf(disk);
  const boot = await execa("mdir", ["-b", "-s", "-i", `${disk}@@${esp}`, "::"]);
  expect(boot.stdout).toMatch(/EFI\/BOOT\/BOOTX64\.EFI/i);
  expect(boot.stdout).toMatch(/loader\/entries\/.*\.conf/i);

  const volume = join(bench.folder, "root.img");
  const skip = `skip=${root / MEBIBYTE}`;
  await execa("dd", [`if=${disk}`, `of=${volume}`, "bs=1M", skip, "conv=sparse", "status=none"]);
  const trees = await execa("btrfs", ["inspect-internal", "dump-tree", "--tree", "root", volume]);
  const subvolumes = [...trees.stdout.matchAll(/root ref key .* name (\S+)$/gm)].map(([, name]) => name);
  // systemd makes some of its own below these.
  const ours = subvolumes.filter((name) => name?.startsWith("@"));
  expect(ours.toSorted()).toEqual(["@", "@home", "@log", "@nix", "@snapshots"]);
  // Few: most of this system is a squashfs, which cannot be packed any smaller. Without the option there are none.
  const dump = 'btrfs inspect-internal dump-tree "$1" | grep -c "compression 3 (zstd)"';
  expect(Number((await execa("sh", ["-c", dump, "sh", volume])).stdout)).toBeGreaterThan(0);
}

/** The stick afterwards: it still says whose it was, and holds no key, not even as remains of a file. */
export async function expectStickWiped(bench: Bench, target: Target): Promise<void> {
  const stick = join(bench.folder, "stick-after.img");
  await target.copyStick(stick);
  // The programs on it know the words, too: only the partition is looked at.
  const offset = (await partitionsOf(stick)).at(-1) ?? 0;
  const holdsKey = async (file: string) => (await readFile(file)).includes("OPENSSH PRIVATE KEY", offset);
  expect(await holdsKey(bench.stick)).toBe(true);
  expect(await holdsKey(stick)).toBe(false);
  const left = await execa("mdir", ["-b", "-i", `${stick}@@${offset}`, "::floppy"]);
  // What stays is no secret, and says whose it was.
  expect(left.stdout.split("\n").toSorted()).toEqual([
    "::/floppy/identity.json",
    "::/floppy/ssh_host_ed25519_key.pub",
  ]);
}
