# The layout as an fstab, and as what `floppy verify` expects of findmnt: what modules/filesystem.nix and verify.nix make of it.
layout:
let
  inherit (builtins) concatLists concatStringsSep filter match;
  all = concatLists (map
    (partition: map
      (mount: {
        device = "/dev/disk/by-partlabel/${partition.label}";
        target = mount.mountPoint;
        inherit (partition.fileSystem) type;
        options = (if mount ? subvolume then [ "subvol=${mount.subvolume}" ] else [ ]) ++ mount.options;
      })
      partition.mounts)
    layout.partitions);
  telling = option: match "(subvol|compress)=.*|noatime|nodev|noexec|nosuid|ro" option != null;
in
{
  fstab = concatStringsSep "" (map
    (mount: "${mount.device} ${mount.target} ${mount.type} ${concatStringsSep "," mount.options} 0 0\n")
    all);
  expected = map (mount: { inherit (mount) target type; options = filter telling mount.options; }) all;
}
