# What Floppy writes beside an image, for a check: a FAT file system named `label` with a device's identity, and
# the key that its owner logs in with. The keys open nothing but the check's own machine.
{ pkgs, label, serial, host, role }:
let
  identity = {
    version = 1;
    inherit serial host role;
    runId = "check";
    hostname = pkgs.lib.toLower serial;
    authorizedKeys = [ "@owner@" ];
    wifi = { ssid = "workshop"; passphrase = "correct horse battery"; };
  };
in
pkgs.runCommand "medium-${host}"
{
  nativeBuildInputs = [ pkgs.dosfstools pkgs.mtools pkgs.openssh ];
  identity = builtins.toJSON identity;
} ''
  mkdir -p $out floppy
  ssh-keygen -q -t ed25519 -N "" -C owner -f $out/owner
  ssh-keygen -q -t ed25519 -N "" -C device -f floppy/ssh_host_ed25519_key
  printf '%s' "''${identity/@owner@/$(cat $out/owner.pub)}" > floppy/identity.json
  echo "device $(cat floppy/ssh_host_ed25519_key.pub)" > $out/known_hosts

  truncate -s 16M $out/partition
  mkfs.vfat -n ${label} $out/partition
  mcopy -s -i $out/partition floppy ::
''
