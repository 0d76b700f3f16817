/** The installer's stick: stand-in for the ISO that NixOS makes, of Debian's programs, started by GRUB. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { cached, digestOf } from "./cache.ts";
import { layOutFlake, nixosFolder } from "./flake.ts";
import { guestFolder, labImage } from "./image.ts";

/** By it the initial RAM disk finds the stick. */
const label = "FLOPPY-LAB";

const wanted = [
  "avahi-daemon.service",
  "floppy-identity.service",
  "floppy-screen.service",
  "sshd.service",
  "systemd-networkd.service",
];

const menu = `set timeout=0
menuentry "Floppy's lab" {
  linux /system/kernel console=ttyS0 mitigations=off loglevel=4 panic=5 systemd.show_status=no
  initrd /system/initrd
}
`;

/** The database of a store that holds the image, as a NixOS ISO has one; returns the image's path in the store. */
async function registerImage(image: string, state: string, work: string): Promise<string> {
  const store = `local?root=${work}`;
  const features = ["--extra-experimental-features", "nix-command"];
  const add = [...features, "store", "add-path", "--store", store, "--name", "source", image];
  const { stdout } = await execa("nix", add, { env: { NIX_CONFIG: "build-users-group =" } });
  await cp(join(work, "nix/var/nix"), state, { recursive: true });
  await execa("chmod", ["-R", "u+w", work]);
  await rm(work, { recursive: true });
  return stdout.trim();
}

/** The root of the live system as the stick brings it; everything of it is copied to memory. */
async function layOutRoot(root: string): Promise<void> {
  const etc = join(root, "etc");
  await mkdir(root, { recursive: true });
  await cp(join(guestFolder, "common/etc"), etc, { recursive: true });
  await cp(join(guestFolder, "installer/etc"), etc, { recursive: true });
  const wants = join(etc, "systemd/system/multi-user.target.wants");
  await mkdir(wants, { recursive: true });
  for (const unit of wanted) await symlink(`/etc/systemd/system/${unit}`, join(wants, unit));
  // The flake that devices are installed from; NixOS has it in the store.
  await mkdir(join(etc, "floppy"));
  await symlink("/iso/flake", join(etc, "floppy/nixos"));
  await writeFile(join(etc, "floppy/systems.json"), "{}");
  const system = join(root, "nix/store/00000000000000000000000000000000-nixos-system-installer");
  await mkdir(join(system, "sw"), { recursive: true });
  await cp(join(guestFolder, "installer/system/bin"), join(system, "sw/bin"), { recursive: true });
}

/** GRUB for one kind of firmware, with all that it needs in one file. */
async function makeGrub(format: string, file: string, work: string, modules: string[]): Promise<void> {
  const early = join(work, `${format}.cfg`);
  await writeFile(early, "search --no-floppy --set=root --file /system/kernel\nnormal /boot/grub/grub.cfg\n");
  const common = ["normal", "linux", "iso9660", "search", "search_fs_file", "part_msdos", "fat"];
  const options = ["--format", format, "--output", file, "--config", early, "--prefix", "/boot/grub"];
  await execa("grub-mkimage", [...options, ...common, ...modules]);
}

/** Hybrid as NixOS makes its own: a DOS table with the ISO and the EFI partition, so that entries are left. */
async function makeIso(tree: string, image: string, iso: string): Promise<void> {
  const boot = join(tree, "boot/grub");
  const work = await mkdtemp(join(tmpdir(), "floppy-grub-"));
  await mkdir(boot, { recursive: true });
  await writeFile(join(boot, "grub.cfg"), menu);
  await makeGrub("i386-pc-eltorito", join(boot, "bios.img"), work, ["biosdisk"]);
  await makeGrub("x86_64-efi", join(work, "bootx64.efi"), work, []);
  const efi = join(work, "efi.img");
  await execa("mkfs.fat", ["--invariant", "-n", "EFIBOOT", "-C", efi, "2880"]);
  await execa("mmd", ["-i", efi, "::/EFI", "::/EFI/BOOT"]);
  await execa("mcopy", ["-i", efi, join(work, "bootx64.efi"), "::/EFI/BOOT/BOOTX64.EFI"]);
  await execa("xorriso", [
    ...["-as", "mkisofs", "-quiet", "-r", "-V", label, "-graft-points", "-o", iso],
    ...["-b", "boot/grub/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"],
    ...["--grub2-boot-info", "--grub2-mbr", "/usr/lib/grub/i386-pc/boot_hybrid.img"],
    ...["-append_partition", "2", "0xef", efi],
    ...["-eltorito-alt-boot", "-e", "--interval:appended_partition_2:all::", "-no-emul-boot"],
    ...[tree, `/system=${image}`],
  ]);
  await rm(work, { recursive: true });
}

export async function installerIso(): Promise<string> {
  const image = await labImage();
  const sources = ["common", "installer", "installed"].map((name) => join(guestFolder, name));
  const flake = join(import.meta.dirname, "flake");
  const digest = await digestOf(
    [import.meta.filename, ...sources, flake, join(nixosFolder, "scripts"), join(nixosFolder, "layout.nix")],
    await readFile(join(nixosFolder, "catalog.nix"), "utf8"),
    image,
  );
  const folder = await cached("stick", digest, async (made) => {
    const tree = join(made, "tree");
    await layOutRoot(join(tree, "installer"));
    const path = await registerImage(image, join(tree, "installer/nix/var/nix"), join(made, "store"));
    await writeFile(join(tree, "system-path"), `${path.replace("/nix/store/", "")}\n`);
    await layOutFlake(join(tree, "flake"), image);
    await cp(join(nixosFolder, "scripts"), join(tree, "scripts"), { recursive: true });
    await makeIso(tree, image, join(made, "installer.iso"));
    await rm(tree, { recursive: true });
  });
  return join(folder, "installer.iso");
}
