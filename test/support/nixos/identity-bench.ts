import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { createHostKeys } from "#adapters/host-keys.ts";
import { IDENTITY_PATH, type MediumIdentity } from "#contract/identity.ts";
import type { MediumFile } from "#contract/writer.ts";
import { mediumFiles } from "#core/identity/medium-identity.ts";
import { putFiles } from "../../../src-main/writer/fat/put-files.ts";

const script = fileURLToPath(new URL("../../../nixos/scripts/identity.sh", import.meta.url));

export const hostKey = createHostKeys().generate("FLOPPY-RPI-00042");
export const passphrase = "correct horse battery \\ staple";

export const anIdentity: MediumIdentity = {
  version: 1,
  serial: "FLOPPY-RPI-00042",
  host: "raspberry",
  role: "robot",
  runId: "0199a5c2-6f1e-7c3a-9d4b-52e8f3a1b0c7",
  hostname: "floppy-rpi-00042",
  authorizedKeys: [createHostKeys().generate("technician").publicKey],
  wifi: { ssid: "Bänk; 1", passphrase },
};

type Ended = { exitCode?: number; signal?: string; stderr: string };

/** A system's root folder and the FAT partition beside it, as the writer leaves one. */
export type IdentityBench = {
  folder: string;
  root: string;
  medium: string;
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  remove(): Promise<void>;
};

export async function createIdentityBench(files = filesOf(anIdentity)): Promise<IdentityBench> {
  // In memory: what is synced to disk for the sake of a power cut would only make the tests wait.
  const folder = await mkdtemp("/dev/shm/floppy-identity-");
  const root = join(folder, "root");
  const medium = join(folder, "firmware.img");
  await mkdir(join(folder, "work"));
  await mkdir(join(root, "run"), { recursive: true });
  await execa("ln", ["-s", "/nix/store/0000-nixos-system-robot", join(root, "run/current-system")]);
  await execa("mkfs.fat", ["-F", "16", "-n", "FIRMWARE", "-C", medium, "16384"]);
  await writeToFat(medium, files);
  const env = {
    FLOPPY_ROOT: root,
    FLOPPY_MEDIUM: medium,
    FLOPPY_WORK: join(folder, "work"),
    FLOPPY_USER: "jeremy",
    FLOPPY_HOST: "raspberry",
    FLOPPY_ROLE: "robot",
    FLOPPY_PREFIX: "RPI",
  };
  return {
    folder,
    root,
    medium,
    // A group of its own, so that a power cut takes the script with all that it started.
    run: (args, more = {}) =>
      execa("bash", [script, ...args], { env: { ...env, ...more }, reject: false, detached: true }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export function filesOf(identity: unknown): MediumFile[] {
  const [, ...keys] = mediumFiles(anIdentity, hostKey);
  const content = typeof identity === "string" ? identity : JSON.stringify(identity);
  return [{ path: IDENTITY_PATH, content }, ...keys];
}

/** With the writer's own code: what it can put on a card, a device has to be able to read. */
export async function writeToFat(medium: string, files: MediumFile[]): Promise<void> {
  const bytes = await readFile(medium);
  const contents = files.map(({ path, content }) => ({ path, content: Buffer.from(content) }));
  for (const patch of putFiles([{ offset: 0, bytes }], contents, new Date(0)))
    patch.bytes.copy(bytes, patch.offset);
  await writeFile(medium, bytes);
}

/** Everything below a folder: mode and content by path. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const mode = ((await stat(path)).mode & 0o777).toString(8);
    found[path.slice(folder.length)] = `${mode} ${await readFile(path, "utf8")}`;
  }
  return found;
}

/** The file on the FAT partition, or null where there is none. */
export async function readFromFat(medium: string, path: string): Promise<string | null> {
  const { stdout, exitCode } = await execa("mcopy", ["-n", "-i", medium, `::${path}`, "-"], {
    reject: false,
    stripFinalNewline: false,
  });
  return exitCode === 0 ? stdout : null;
}

/** True where any byte of the partition, in a file or not, still tells it. */
export async function stillHolds(medium: string, secret: string): Promise<boolean> {
  return (await readFile(medium)).includes(secret);
}

/** What a bench looked like, to begin from there again. */
export async function keepCopy(bench: IdentityBench): Promise<() => Promise<void>> {
  const copy = join(bench.folder, "copy");
  await cp(bench.medium, copy);
  const entries = await snapshot(bench.root);
  return async () => {
    for (const path of Object.keys(await snapshot(bench.root)))
      if (!(path in entries)) await rm(join(bench.root, path));
    await cp(copy, bench.medium);
  };
}
