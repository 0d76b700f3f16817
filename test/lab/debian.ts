/** Debian's kernel and programs, unpacked and not set up: the systems of the lab have an /etc of their own. */
import { glob, readdir, readFile, realpath, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cached, digestOf } from "./cache.ts";

const suite = "bookworm";
const kernel = "linux-image-amd64";
const packages = [
  "avahi-daemon",
  "avahi-utils",
  "bash",
  "btrfs-progs",
  "busybox-static",
  "coreutils",
  "curl",
  "dash",
  "dbus",
  "diffutils",
  "dosfstools",
  "efibootmgr",
  "fdisk",
  "findutils",
  "gdisk",
  "grep",
  "gzip",
  "hostname",
  "iproute2",
  "jq",
  "kmod",
  "libc-bin",
  "libnss-myhostname",
  "login",
  "mawk",
  "mount",
  "mtools",
  "ncurses-base",
  "nix-bin",
  "openssh-server",
  "parted",
  "passwd",
  "procps",
  "qrencode",
  "sed",
  "sudo",
  "systemd",
  "systemd-boot",
  "systemd-sysv",
  "tar",
  "udev",
  "util-linux",
  "zstd",
];
/** Patterns of what is read by nobody in the lab, or units that ask questions, wait, or want what the lab brings itself. */
const superfluous = [
  ...["doc", "info", "locale", "man", "perl", "zoneinfo"].map((name) => `share/${name}`),
  ...["libperl.so.*", "perl", "perl-base", "perl5"].map((name) => `lib/x86_64-linux-gnu/${name}`),
  ...["dpkg*", "perl*"].map((name) => `bin/${name}`),
  "lib/udev/hwdb.d",
  ...[
    "cryptsetup.target",
    "dev-hugepages.mount",
    "dev-mqueue.mount",
    "integritysetup.target",
    "proc-sys-fs-binfmt_misc.automount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "systemd-boot-system-token.service",
    "systemd-firstboot.service",
    "systemd-pcrphase-sysinit.service",
    "systemd-pcrphase.service",
    "systemd-repart.service",
    "systemd-sysusers.service",
    "veritysetup.target",
  ].map((unit) => `lib/systemd/system/sysinit.target.wants/${unit}`),
  "lib/systemd/system/multi-user.target.wants/getty.target",
  "lib/systemd/system/timers.target.wants",
  "lib/systemd/system-generators/systemd-getty-generator",
];

/** Asks for the package behind the name that never changes; its files go into the folder `$1/kernel`. */
const bringKernel = `set -eu
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
cd "$(dirname "$1")"
name=$(apt-cache depends ${kernel} | sed -n 's/^ *Depends: \\(linux-image-[0-9].*-amd64\\).*/\\1/p' | head -n 1)
apt-get download -q "$name"
mkdir kernel
dpkg-deb --fsys-tarfile "$name"_*.deb | tar --extract --directory kernel ./boot ./lib/modules
rm "$name"_*.deb`;

/** What a build would bring now, as far as this machine knows. */
async function versions(): Promise<string> {
  const { stdout } = await execa("apt-cache", ["policy", kernel, ...packages]);
  return stdout.match(/^\S+:$|Candidate: .*/gm)?.join("\n") ?? "";
}

/** The modules and what they need, as paths below the folder of this kernel. */
async function withDependencies(folder: string, names: string[]): Promise<Set<string>> {
  const lines = (await readFile(join(folder, "modules.dep"), "utf8")).split("\n");
  const byName = new Map(
    lines.map((line) => {
      const [path = "", needs = ""] = line.split(":");
      const name = path.replace(/^.*\//, "").replace(/\.ko$/, "").replaceAll("-", "_");
      return [name, [path, ...needs.split(" ").filter(Boolean)]];
    }),
  );
  return new Set(names.flatMap((name) => byName.get(name) ?? []));
}

async function keepModules(tree: string, version: string, names: string[]): Promise<void> {
  const folder = join(tree, "lib/modules", version);
  await execa("depmod", ["--basedir", tree, version]);
  const wanted = await withDependencies(folder, names);
  for (const entry of await readdir(join(folder, "kernel"), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(path.slice(folder.length + 1))) await rm(path);
  }
  await execa("find", [folder, "-type", "d", "-empty", "-delete"]);
  await execa("depmod", ["--basedir", tree, version]);
}

/** Thirty megabytes that nix links to and never reads: a library with nothing in it takes their place. */
async function emptyUnicodeData(libraries: string): Promise<void> {
  for await (const link of glob("libicudata.so.[0-9][0-9]", { cwd: libraries })) {
    const version = link.replace("libicudata.so.", "");
    const output = await realpath(join(libraries, link));
    const build = ["-shared", "-nostdlib", `-Wl,-soname,${link}`, "-o", output, "-x", "c", "-"];
    await execa("gcc", build, { input: `const char icudt${version}_dat[64] = {0};\n` });
  }
}

/** A folder with `usr` and `vmlinuz`; of the kernel's modules only those named, and what they need. */
export async function debianTree(modules: string[]): Promise<string> {
  const digest = await digestOf([import.meta.filename], await versions(), ...modules);
  return cached("debian", digest, async (folder) => {
    const tree = join(folder, "tree");
    await execa("mmdebstrap", [
      "--variant=extract",
      "--format=directory",
      "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
      `--extract-hook=${bringKernel}`,
      `--include=${packages.join(",")}`,
      suite,
      tree,
    ]);
    const [version = ""] = await readdir(join(folder, "kernel/lib/modules"));
    await keepModules(join(folder, "kernel"), version, modules);
    await rename(join(folder, `kernel/boot/vmlinuz-${version}`), join(folder, "vmlinuz"));
    await rename(join(tree, "usr"), join(folder, "usr"));
    await rename(join(folder, "kernel/lib/modules"), join(folder, "usr/lib/modules"));
    await rm(join(folder, "kernel"), { recursive: true });
    await rm(tree, { recursive: true });
    // What setting mawk up would have done.
    await symlink("mawk", join(folder, "usr/bin/awk"));
    for await (const path of glob(superfluous, { cwd: join(folder, "usr") }))
      await rm(join(folder, "usr", path), { recursive: true, force: true });
    await emptyUnicodeData(join(folder, "usr/lib/x86_64-linux-gnu"));
  });
}
