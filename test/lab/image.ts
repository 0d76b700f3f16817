/** What both systems of the lab run from: kernel, initial RAM disk and /usr, as one path of the nix store. */
import { chmod, copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { cached, digestOf } from "./cache.ts";
import { debianTree } from "./debian.ts";

export const guestFolder = fileURLToPath(new URL("guest", import.meta.url));

async function makeInitrd(debian: string, modules: string[], file: string, work: string): Promise<void> {
  await mkdir(join(work, "bin"), { recursive: true });
  await mkdir(join(work, "lib"));
  for (const folder of ["proc", "sys", "dev", "root"]) await mkdir(join(work, folder));
  await copyFile(join(debian, "usr/bin/busybox"), join(work, "bin/busybox"));
  await symlink("busybox", join(work, "bin/sh"));
  await cp(join(debian, "usr/lib/modules"), join(work, "lib/modules"), { recursive: true });
  await copyFile(join(guestFolder, "initrd-init"), join(work, "init"));
  await chmod(join(work, "init"), 0o755);
  await writeFile(join(work, "modules"), `${modules.join("\n")}\n`);
  const pack = "find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc | lz4 -q -l -9 -c";
  await execa("sh", ["-c", `${pack} > "$1"`, "sh", file], { cwd: work });
}

export async function wantedModules(): Promise<string[]> {
  return (await readFile(join(guestFolder, "modules"), "utf8")).trim().split("\n");
}

/** A folder with `kernel`, `initrd`, `usr.squashfs`, and `busybox` to build with. */
export async function labImage(): Promise<string> {
  const modules = await wantedModules();
  const debian = await debianTree(modules);
  const digest = await digestOf([import.meta.filename, join(guestFolder, "initrd-init")], debian);
  return cached("image", digest, async (folder) => {
    await copyFile(join(debian, "vmlinuz"), join(folder, "kernel"));
    await copyFile(join(debian, "usr/bin/busybox"), join(folder, "busybox"));
    const work = join(dirname(folder), ".initrd");
    await rm(work, { recursive: true, force: true });
    await makeInitrd(debian, modules, join(folder, "initrd"), work);
    await rm(work, { recursive: true });
    await execa("mksquashfs", [
      join(debian, "usr"),
      join(folder, "usr.squashfs"),
      // What is pushed to an emulated machine costs a second for each MB; what it unpacks costs less.
      ...[
        "-comp",
        "zstd",
        "-Xcompression-level",
        "19",
        "-no-xattrs",
        "-quiet",
        "-no-progress",
        "-reproducible",
        "-mkfs-time",
        "0",
      ],
    ]);
  });
}
