# A system as NixOS lays it out: everything that it is made of is a link, and the store knows the whole.
mkdir -p "$out/bin" "$out/sw/bin"
ln -s "$debian" "$out/userland"
ln -s "$debian/kernel" "$out/kernel"
ln -s "$debian/initrd" "$out/initrd"
ln -s "$etc/etc" "$out/etc"
echo 24.11.lab >"$out/nixos-version"
echo x86_64-linux >"$out/system"
printf '%s' "$params" >"$out/kernel-params"
echo "systemd 252" >"$out/init-interface-version"

# program NAME FILE: a script that knows the system it belongs to
program() {
  sed "s|@out@|$out|g" "$2" >"$out/$1"
  chmod 755 "$out/$1"
}
program init "$init"
program activate "$activate"
program bin/switch-to-configuration "$switch"

cat >"$out/sw/bin/floppy" <<FLOPPY
#!/bin/sh
export FLOPPY_HOST=$host FLOPPY_ROLE=$role FLOPPY_PREFIX=$prefix FLOPPY_USER=jeremy FLOPPY_SCRUB=/
exec bash $scripts/floppy.sh "\$@"
FLOPPY
chmod 755 "$out/sw/bin/floppy"

cat >"$out/boot.json" <<BOOT
{"org.nixos.bootspec.v1":{"system":"x86_64-linux","label":"NixOS 24.11.lab","toplevel":"$out","init":"$out/init","kernel":"$debian/kernel","initrd":"$debian/initrd","kernelParams":["$(echo "$params" | sed 's/ /","/g')"]}}
BOOT
