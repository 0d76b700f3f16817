# The layout of an installed disk: an ESP and one Btrfs with a subvolume per concern.
let
  # Btrfs takes the compression of the first mount for all of them, so each says the same.
  subvolume = name: {
    device = "/dev/disk/by-label/nixos";
    fsType = "btrfs";
    options = [ "subvol=${name}" "compress=zstd" "noatime" ];
  };
in
{
  boot.loader.systemd-boot.enable = true;
  boot.loader.efi.canTouchEfiVariables = true;

  fileSystems = {
    "/" = subvolume "@";
    "/home" = subvolume "@home";
    "/nix" = subvolume "@nix";
    "/var/log" = subvolume "@log" // { neededForBoot = true; };
    "/.snapshots" = subvolume "@snapshots";
    "/boot" = {
      device = "/dev/disk/by-label/BOOT";
      fsType = "vfat";
      options = [ "umask=0077" ];
    };
  };

  services.btrfs.autoScrub = {
    enable = true;
    interval = "weekly";
    fileSystems = [ "/" ];
  };
}
