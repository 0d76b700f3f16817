/** What the lab's own tests need: sticks made by hand, disks that had a life before, and plain ssh. */
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { nixosFolder } from "./flake.ts";
import { installerIso } from "./stick.ts";
import type { Target } from "./target.ts";

export const serial = "FLOPPY-DEL-00001";
export const hostname = "floppy-del-00001";

export type Ended = { exitCode?: number; stdout: string; stderr: string };

export type LabBench = {
  folder: string;
  stick: string;
  /** Runs a command on the machine; the host key has to be the one of the stick. */
  ssh(target: Target, command: string, options?: { user?: string; key?: string }): Promise<Ended>;
  /** Resolves once it lets us in. */
  reach(target: Target, user?: string, limitMs?: number): Promise<void>;
  /** The options that ssh is given, for nix to use them too. */
  sshOptions(target: Target, key?: string): string[];
  remove(): Promise<void>;
};

/** An ISO with the FAT partition FLOPPY behind it. */
async function makeStick(folder: string, identity: unknown): Promise<string> {
  const partition = join(folder, "partition");
  const stick = join(folder, "stick.img");
  await execa("mkfs.fat", ["-n", "FLOPPY", "-C", partition, "16384"]);
  await writeFile(join(folder, "floppy/identity.json"), JSON.stringify(identity));
  await execa("mcopy", ["-s", "-i", partition, join(folder, "floppy"), "::"]);
  await execa("bash", [join(nixosFolder, "checks/stick.sh"), await installerIso(), partition, stick]);
  return stick;
}

export async function labBench(): Promise<LabBench> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-lab-bench-"));
  const keyPair = async (name: string) => {
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(folder, name)]);
    return (await readFile(join(folder, `${name}.pub`), "utf8")).trim();
  };
  await mkdir(join(folder, "floppy"));
  const owner = await keyPair("owner");
  const hostKey = await keyPair("floppy/ssh_host_ed25519_key");
  const known = join(folder, "known_hosts");
  await writeFile(known, `device ${hostKey}\n`);
  const stick = await makeStick(folder, {
    ...{ version: 1, serial, host: "dell", role: "dev", runId: "lab", hostname },
    ...{ authorizedKeys: [owner], wifi: null },
  });

  await keyPair("stranger");
  const sshOptions: LabBench["sshOptions"] = (target, key = "owner") => {
    const settings = {
      UserKnownHostsFile: known,
      HostKeyAlias: "device",
      StrictHostKeyChecking: "yes",
      BatchMode: "yes",
      IdentitiesOnly: "yes",
      ConnectTimeout: "5",
      ServerAliveInterval: "5",
      ServerAliveCountMax: "3",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return [...options, "-p", String(target.sshPort()), "-i", join(folder, key)];
  };
  const ssh: LabBench["ssh"] = (target, command, { user = "root", key } = {}) => {
    const args = [...sshOptions(target, key), `${user}@127.0.0.1`, command];
    return execa("ssh", args, { reject: false, stdin: "ignore" });
  };
  return {
    folder,
    stick,
    ssh,
    sshOptions,
    async reach(target, user = "root", limitMs = 180_000) {
      const deadline = Date.now() + limitMs;
      for (;;) {
        const { exitCode, stderr } = await ssh(target, "true", { user });
        if (exitCode === 0) return;
        if (Date.now() > deadline)
          throw new Error(`Never let in: ${stderr}\n${(await target.console()).slice(-3000)}`);
        await delay(200);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function emptyDisk(file: string, gib: number): Promise<string> {
  await writeFile(file, "");
  await truncate(file, gib * 2 ** 30);
  return file;
}

/** A laptop's disk as it comes: an ESP, Windows' NTFS and an encrypted volume. */
export async function usedDisk(file: string, gib: number): Promise<string> {
  const part = `${file}.part`;
  const table = [
    "label: gpt",
    'start=2048, size=204800, type=uefi, name="EFI system partition"',
    'start=206848, size=262144, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Basic data partition"',
    'start=468992, type=linux, name="secret"',
  ];
  await emptyDisk(file, gib);
  await execa("sfdisk", ["--quiet", file], { input: `${table.join("\n")}\n` });
  const put = async (start: number, mebibytes: number, make: string, ...args: string[]) => {
    await rm(part, { force: true });
    await writeFile(part, "");
    await truncate(part, mebibytes * 2 ** 20);
    await execa(make, [...args, part], { input: "passphrase" });
    await execa("dd", [`if=${part}`, `of=${file}`, `seek=${start}`, "conv=notrunc,sparse", "status=none"]);
    await rm(part);
  };
  await put(2048, 100, "mkfs.fat", "-F", "32", "-n", "SYSTEM");
  await put(206848, 128, "mkfs.ntfs", "--force", "--quick", "--quiet", "--label", "Windows");
  const cheap = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];
  await put(468992, 32, "cryptsetup", "luksFormat", "--batch-mode", ...cheap, "--key-file", "-");
  return file;
}
