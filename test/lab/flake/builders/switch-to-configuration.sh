#!/bin/sh
# switch-to-configuration boot: puts the boot loader and an entry for each generation onto the ESP.
set -eu
[ "${1:-}" = boot ] || { echo "the lab's systems only know: boot" >&2; exit 1; }
esp=/boot
profile=/nix/var/nix/profiles/system
# findmnt says where nothing is mounted; a boot loader beneath the mount point would never be found.
findmnt --noheadings --types vfat "$esp" >/dev/null || { echo "no file system is mounted at $esp" >&2; exit 1; }

if [ "${NIXOS_INSTALL_BOOTLOADER:-}" = 1 ]; then bootctl --esp-path="$esp" install >/dev/null; fi
mkdir -p "$esp/EFI/nixos" "$esp/loader/entries"

# onto_esp FILE SUFFIX: copied once and whole; prints its name
onto_esp() {
  file=$(readlink -f "$1")
  name=$(basename "$(dirname "$file")")-$(basename "$file").efi
  if [ ! -e "$esp/EFI/nixos/$name" ]; then
    cp "$file" "$esp/EFI/nixos/$name.tmp"
    mv "$esp/EFI/nixos/$name.tmp" "$esp/EFI/nixos/$name"
  fi
  echo "/EFI/nixos/$name"
}

last=
for link in "$profile"-*-link; do
  system=$(readlink -f "$link")
  number=${link#"$profile"-}
  number=${number%-link}
  cat >"$esp/loader/entries/nixos-generation-$number.conf.tmp" <<ENTRY
title NixOS
version Generation $number $(cat "$system/nixos-version")
linux $(onto_esp "$system/kernel")
initrd $(onto_esp "$system/initrd")
options init=$system/init $(cat "$system/kernel-params")
ENTRY
  mv "$esp/loader/entries/nixos-generation-$number.conf.tmp" "$esp/loader/entries/nixos-generation-$number.conf"
  if [ "$(readlink -f "$profile")" = "$system" ]; then last=$number; fi
done
printf 'timeout 0\ndefault nixos-generation-%s.conf\neditor no\n' "$last" >"$esp/loader/loader.conf"
sync --file-system "$esp"
