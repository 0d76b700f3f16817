/**
 * Real nix for tests, without a trace on the machine: an own store, state, configuration and home in a
 * temporary folder. Needs the Debian packages nix-bin, qemu-user-static and those of the stand-in flake's
 * builders (dosfstools, e2fsprogs, fdisk, mtools, zstd, ipxe).
 */
import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const fixture = fileURLToPath(new URL("../fixtures/flake", import.meta.url));
const caches = fileURLToPath(new URL("../../node_modules/.cache/floppy-test", import.meta.url));

/** The stand-in flake as a flake reference: images of every card target, built in a second. */
export const fixtureFlake = `path:${fixture}`;

export type NixEnvironment = {
  folder: string;
  /** Where its nix keeps what it builds. */
  store: string;
  /** The whole environment for a process that is to use it. */
  env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
};

/** `settings` are further lines of nix.conf, `store` another folder for the store (a small disk). */
export async function nixEnvironment(
  options: { settings?: string; store?: string } = {},
): Promise<NixEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-nix-"));
  const store = options.store ?? join(folder, "store");
  const configuration = join(folder, "conf");
  await mkdir(configuration);
  await writeFile(
    join(configuration, "nix.conf"),
    // The builders call the machine's own tools, so there is no sandbox; nothing is asked of the network.
    `sandbox = false\nbuild-users-group =\nsubstituters =\n${options.settings ?? ""}\n`,
  );
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder,
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    NIX_CONF_DIR: configuration,
    NIX_STORE_DIR: store,
    NIX_STATE_DIR: join(folder, "var"),
    NIX_LOG_DIR: join(folder, "log"),
    NIX_CONFIG: "",
    NIX_REMOTE: "",
    NIX_USER_CONF_FILES: "",
  };
  const remove = async () => {
    // Folders in a store are read-only, which stops everyone but root.
    await execa("chmod", ["-R", "u+w", folder], { reject: false });
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, store, env, remove };
}

/** Busybox for arm64, from Debian's package; fetched once, without touching the machine's own package lists. */
async function arm64Busybox(): Promise<string> {
  const program = join(caches, "busybox-aarch64");
  if (existsSync(program)) return program;
  const work = await mkdtemp(join(tmpdir(), "floppy-apt-"));
  try {
    await mkdir(join(work, "lists/partial"), { recursive: true });
    const options = [
      "APT::Architecture=arm64",
      "APT::Architectures=arm64",
      `Dir::State::lists=${work}/lists`,
    ];
    const apt = [...options, `Dir::Cache=${work}/cache`, "APT::Sandbox::User=root"].flatMap((it) => [
      "-o",
      it,
    ]);
    // One source that fails must not matter; whether the package came is seen in the next step.
    await execa("apt-get", ["update", "-qq", ...apt], { reject: false });
    await execa("apt-get", ["download", "-qq", ...apt, "busybox-static"], { cwd: work });
    const archive = (await readdir(work)).find((name) => name.endsWith(".deb"));
    if (!archive) throw new Error("apt-get brought no busybox-static for arm64.");
    await execa("dpkg-deb", ["--extract", join(work, archive), join(work, "package")]);
    await mkdir(caches, { recursive: true });
    await copyFile(join(work, "package/bin/busybox"), program);
    await chmod(program, 0o755);
    return program;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The stand-in flake with `images.emulated`: a derivation whose system and builder are truly aarch64. */
export async function flakeWithEmulatedImage(folder: string): Promise<string> {
  const flake = join(folder, "emulated-flake");
  await cp(fixture, flake, { recursive: true });
  await mkdir(join(flake, "arm64"));
  await copyFile(await arm64Busybox(), join(flake, "arm64/busybox"));
  return `path:${flake}`;
}

const binfmt = "/proc/sys/fs/binfmt_misc";
const entry = "qemu-aarch64";

/** Has the kernel run aarch64 programs, as Debian's qemu-user-static sets it up at boot; returns the undoing. */
export async function emulateAarch64(): Promise<() => Promise<void>> {
  const undo: (() => Promise<unknown>)[] = [];
  if ((await readdir(binfmt)).length === 0) {
    await execa("mount", ["-t", "binfmt_misc", "binfmt_misc", binfmt]);
    undo.unshift(() => execa("umount", [binfmt]));
  }
  if (!(await readdir(binfmt)).includes(entry)) {
    const line = await readFile(`/usr/lib/binfmt.d/${entry}.conf`, "utf8");
    await writeFile(join(binfmt, "register"), line.trim());
    undo.unshift(() => writeFile(join(binfmt, entry), "-1"));
  }
  return async () => {
    for (const step of undo) await step();
  };
}

/** Switches the emulation that is set up off or on, as an administrator might. */
export function switchEmulation(state: "off" | "on"): Promise<void> {
  return writeFile(join(binfmt, entry), state === "on" ? "1" : "0");
}

/** The processes that have something of this folder in their environment or arguments. */
export async function processesOf(folder: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const told = await Promise.all(
    pids.map(async (pid) => {
      const command = (await read(pid, "cmdline")).replaceAll("\0", " ");
      return `${command}${await read(pid, "environ")}`.includes(folder) ? `${pid} ${command}` : "";
    }),
  );
  return told.filter((line) => line !== "" && !line.startsWith(`${process.pid} `));
}
