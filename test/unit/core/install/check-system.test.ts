import { describe, expect, it } from "vitest";
import { bootProblems, fstabProblems } from "#core/install/check-system.ts";
import { flakeLayout } from "./machine.ts";

const system = `/nix/store/${"a".repeat(32)}-nixos-system`;
const listing = [
  "efi ./EFI/systemd/systemd-bootx64.efi 98304",
  "entry loader/entries/nixos-generation-1.conf",
  "has /EFI/nixos/linux.efi",
  "has /EFI/nixos/initrd.efi",
  `options init=${system}/init loglevel=4`,
].join("\n");

describe("the boot loader", () => {
  it("is right when it is there and starts the system that was installed", () => {
    expect(bootProblems(listing, system)).toEqual([]);
  });

  it.each([
    ["is not there", listing.replace(/^efi.*\n/, ""), /no boot loader/],
    ["is an empty file", listing.replace("98304", "0"), /no boot loader/],
    ["has no entry", "efi ./EFI/BOOT/BOOTX64.EFI 9", /no entry/],
    [
      "lacks a kernel",
      listing.replace("has /EFI/nixos/linux", "lacks /EFI/nixos/linux"),
      /linux.efi is missing/,
    ],
    ["starts another system", listing.replace(system, "/nix/store/another"), /starts the system/],
    ["said nothing at all", "", /no boot loader/],
  ])("is wrong when it %s", (_what, found, problem) => {
    expect(bootProblems(found, system).join()).toMatch(problem);
  });
});

const fstab = [
  "# This is a generated file.",
  "",
  "/dev/disk/by-partlabel/floppy-root / btrfs subvol=@,compress=zstd,noatime 0 0",
  "/dev/disk/by-partlabel/floppy-esp /boot vfat umask=0077 0 2",
  "/dev/disk/by-partlabel/floppy-root /home btrfs subvol=@home,compress=zstd,noatime 0 0",
  "/dev/disk/by-partlabel/floppy-root /nix btrfs x-initrd.mount,subvol=@nix,compress=zstd,noatime 0 0",
  "/dev/disk/by-partlabel/floppy-root /var/log btrfs subvol=@log,compress=zstd,noatime 0 0",
  "/dev/disk/by-partlabel/floppy-root /.snapshots btrfs subvol=@snapshots,compress=zstd,noatime 0 0",
].join("\n");

describe("what the system will mount", () => {
  it("is right as the layout says", () => {
    expect(fstabProblems(fstab, flakeLayout)).toEqual([]);
  });

  it.each([
    ["leaves one out", fstab.replace(/^.*\/home.*\n/m, ""), /does not mount \/home/],
    ["takes another disk", fstab.replace("floppy-esp", "EFI"), /not floppy-esp/],
    ["takes another subvolume", fstab.replace("subvol=@log", "subvol=@"), /without subvol=@log/],
  ])("is wrong when it %s", (_what, found, problem) => {
    expect(fstabProblems(found, flakeLayout).join()).toMatch(problem);
  });
});
