# An installed disk's mounts, from layout.nix, and the weekly look at every block of it.
{ lib, ... }:
let
  layout = import ../layout.nix;

  mountsOf = partition: map
    (mount: lib.nameValuePair mount.mountPoint {
      device = "/dev/disk/by-partlabel/${partition.label}";
      fsType = partition.fileSystem.type;
      options = lib.optional (mount ? subvolume) "subvol=${mount.subvolume}" ++ mount.options;
    })
    partition.mounts;
in
{
  fileSystems = lib.listToAttrs (lib.concatMap mountsOf layout.partitions);

  # One file system, so one scrub: by default 24.11 would scrub it once for every subvolume.
  services.btrfs.autoScrub = {
    enable = true;
    interval = "weekly";
    fileSystems = [ "/" ];
  };
}
