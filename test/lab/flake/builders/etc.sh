# /etc of an installed system, as a package of its own.
mkdir -p "$out/etc"
for tree in "$common" "$own"; do
  cp -a "$tree/etc/." "$out/etc/"
  # What comes from the store is nobody's to write.
  chmod -R u+w "$out/etc"
done
mkdir -p "$out/etc/floppy"
echo jeremy >"$out/etc/floppy/user"
echo "$target" >"$out/etc/floppy/target"
echo "$mounts" >"$out/etc/floppy/mounts.json"
printf '%s' "$fstab" >"$out/etc/fstab"

wants=$out/etc/systemd/system/multi-user.target.wants
mkdir -p "$wants" "$wants/../sockets.target.wants"
for unit in avahi-daemon sshd systemd-networkd; do ln -s "/etc/systemd/system/$unit.service" "$wants/"; done
ln -s /etc/systemd/system/nix-daemon.socket "$wants/../sockets.target.wants/"

cat >"$out/etc/os-release" <<RELEASE
ID=nixos
NAME=NixOS
PRETTY_NAME="Floppy's lab, of Debian's programs"
VERSION_ID="24.11"
RELEASE
