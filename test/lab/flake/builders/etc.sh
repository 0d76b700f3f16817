# /etc of an installed system, as a package of its own.
mkdir -p "$out/etc"
cp -r "$common/etc/." "$own/etc/." "$out/etc/"
mkdir -p "$out/etc/floppy"
echo jeremy >"$out/etc/floppy/user"
echo "$target" >"$out/etc/floppy/target"
echo "$mounts" >"$out/etc/floppy/mounts.json"
printf '%s' "$fstab" >"$out/etc/fstab"
cat >"$out/etc/os-release" <<RELEASE
ID=nixos
NAME=NixOS
PRETTY_NAME="Floppy's lab, of Debian's programs"
VERSION_ID="24.11"
RELEASE
