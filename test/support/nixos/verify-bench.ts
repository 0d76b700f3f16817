import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { type NixEnvironment, nixEnvironment } from "../nix.ts";

const script = fileURLToPath(new URL("../../../nixos/scripts/verify.sh", import.meta.url));

const check = z.object({
  name: z.string(),
  state: z.enum(["passed", "failed", "skipped"]),
  detail: z.string(),
});
const status = z.object({
  serial: z.string().nullable(),
  ok: z.boolean(),
  problems: z.array(z.string()),
  checks: z.array(check),
});
export type VerifyBench = Awaited<ReturnType<typeof createVerifyBench>>;

const system = "/nix/store/0000-nixos-system-dell-dev";
const kept = ["compress=zstd", "noatime"];

/** An installed device: a Btrfs with two of the layout's subvolumes mounted, a store with one path, a system. */
export async function createVerifyBench() {
  const folder = await mkdtemp("/dev/shm/floppy-verify-");
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const root = join(folder, "root");
  const disk = await mountDisk(folder, undo);
  const nix = await nixEnvironment();
  undo.unshift(() => nix.remove());
  const path = await addPath(nix);
  const file = async (name: string, content: string, mode = 0o644) => {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), content, { mode });
    return join(root, name);
  };
  await mkdir(join(root, "run"), { recursive: true });
  await symlink(system, join(root, "run/current-system"));
  await file("etc/floppy/closure", `${system}\n`);
  await file(
    "etc/floppy/mounts.json",
    JSON.stringify([
      { target: disk.root, type: "btrfs", options: ["subvol=@", ...kept] },
      { target: disk.home, type: "btrfs", options: ["subvol=@home", ...kept] },
    ]),
  );
  // The one stand-in: this machine need not be run by systemd.
  const failedUnits = await file("failed-units", "");
  await file("bin/systemctl", `#!/bin/sh\ncat ${failedUnits}\n`, 0o755);
  const env = {
    ...nix.env,
    PATH: `${root}/bin:${process.env.PATH}`,
    FLOPPY_ROOT: root,
    FLOPPY_SCRUB: disk.root,
  };

  async function run(args: string[], more: NodeJS.ProcessEnv = {}) {
    const options = { env: { ...env, ...more }, extendEnv: false, reject: false } as const;
    const { stdout, stderr, exitCode } = await execa("bash", [script, ...args], options);
    return { stdout, stderr, exitCode };
  }
  return {
    root,
    disk,
    path,
    file,
    run,
    async verify(command = "verify") {
      const { stdout, exitCode } = await run([command]);
      const found = status.parse(JSON.parse(stdout));
      const of = (name: string) => found.checks.find((it) => it.name === name);
      return { ...found, exitCode, of };
    },
    async remove() {
      for (const act of undo) await act();
    },
  };
}

async function mountDisk(folder: string, undo: (() => Promise<unknown>)[]) {
  const image = join(folder, "disk.img");
  await writeFile(image, "");
  await truncate(image, 160 * 1024 ** 2);
  await execa("mkfs.btrfs", ["--quiet", image]);
  const { stdout: loop } = await execa("losetup", ["--find", "--show", image]);
  undo.unshift(() => execa("losetup", ["--detach", loop]));
  const mount = async (options: string, name: string) => {
    const target = join(folder, name);
    await mkdir(target);
    await execa("mount", ["-o", options, loop, target]);
    undo.unshift(() => execa("umount", [target], { reject: false }));
    return target;
  };
  const top = await mount("compress=zstd", "top");
  for (const name of ["@", "@home"]) await execa("btrfs", ["subvolume", "create", join(top, name)]);
  await writeFile(join(top, "@/data"), randomBytes(1024 ** 2));
  await execa("umount", [top]);
  const root = await mount("subvol=@,compress=zstd,noatime", "mnt-root");
  const home = await mount("subvol=@home,compress=zstd,noatime", "mnt-home");
  return { root, home, image, loop };
}

async function addPath(nix: NixEnvironment): Promise<string> {
  const source = join(nix.folder, "program");
  await writeFile(source, "what a device runs\n");
  const { stdout } = await execa("nix-store", ["--add", source], { env: nix.env, extendEnv: false });
  return stdout;
}

/** Writes into a path of the store, as somebody with root's rights might. */
export async function tamper(path: string): Promise<void> {
  await chmod(path, 0o644);
  await writeFile(path, `${await readFile(path, "utf8")}and something else\n`);
}
