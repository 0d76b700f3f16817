import { spawnSync } from "node:child_process";

/** What the tests use and npm does not bring, by the name of its Debian package. */
export const debianPackages = [
  // native npm modules are compiled
  "g++",
  "make",
  "python3",
  // what the package's Node is stripped with, and looked at
  "binutils",
  // images and media
  "btrfs-progs",
  "bzip2",
  "bmap-tools",
  "dosfstools",
  "e2fsprogs",
  "exfatprogs",
  "fdisk",
  "gzip",
  "mount",
  "mtools",
  "pbzip2",
  "udev",
  "unzip",
  "util-linux",
  "xz-utils",
  "zip",
  "zstd",
  // cards that lie
  "libnbd-bin",
  // signatures of manifests, and certificates for a server
  "minisign",
  "openssl",
  // what a drive may have been before
  "lvm2",
  "mdadm",
  // installers' sticks, as grub and NixOS make them, and a machine to boot them
  "gdisk",
  "grub-common",
  "grub-efi-amd64-bin",
  "grub-pc-bin",
  "isolinux",
  "ovmf",
  "qemu-system-x86",
  "syslinux-common",
  "xorriso",
  // real bootable images to flash
  "grub-rescue-pc",
  "ipxe",
  "memtest86+",
  // building, for this machine and for another
  "busybox-static",
  "git",
  "nix-bin",
  "qemu-user-static",
  // the lab: machines to install, and what their stick is made of
  "cpio",
  "cryptsetup-bin",
  "kmod",
  "lz4",
  "mmdebstrap",
  "ntfs-3g",
  "qemu-utils",
  "squashfs-tools",
  // looking on
  "chromium",
  "iproute2",
  "openssh-client",
  "openssh-server",
  // a writer with rights for a user without
  "sudo",
  "dbus",
  "pkexec",
  "polkitd",
  // a target that announces itself and lets itself be reached
  "avahi-daemon",
  // what a device's scripts use, and their check
  "curl",
  "jq",
  "qrencode",
  "shellcheck",
  "zbar-tools",
];

/**
 * @param {string} command
 * @param {string[]} args
 */
function capture(command, args) {
  return spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The packages that are not installed, or null on a machine that is no Debian. */
export function missingPackages() {
  const selections = capture("dpkg", ["--get-selections"]);
  if (selections.error) return null;
  const installed = new Set(
    selections.stdout
      .split("\n")
      .map((line) => line.split(/\s+/))
      .filter(([, selection]) => selection === "install")
      .map(([name]) => name),
  );
  return debianPackages.filter((name) => !installed.has(name));
}

/** How apt may be run here: as it is, through sudo without a password, or not at all (null). */
function elevation() {
  if (process.getuid?.() === 0) return [];
  return capture("sudo", ["-n", "true"]).status === 0 ? ["sudo", "-n"] : null;
}

/**
 * @param {string[]} names
 * @returns {{ ok: true } | { ok: false, reason: string }}
 */
export function installDebianPackages(names) {
  const byHand = `sudo apt-get install ${names.join(" ")}`;
  const prefix = elevation();
  if (prefix === null)
    return { ok: false, reason: `The tests need more Debian packages. Install them: ${byHand}` };
  for (const act of [["update"], ["install", "--yes", "--no-install-recommends", ...names]]) {
    const [command = "", ...args] = [
      ...prefix,
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-q",
      ...act,
    ];
    const apt = capture(command, args);
    if (apt.status !== 0) {
      return {
        ok: false,
        reason: `apt-get ${act[0]} failed:\n${apt.stdout}${apt.stderr}\nBy hand: ${byHand}`,
      };
    }
  }
  return { ok: true };
}
