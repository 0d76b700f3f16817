# How an installed disk is laid out. Plain data, output `floppy.layout`: filesystem.nix mounts by it, Floppy
# partitions by it, `floppy verify` compares with it. Partitions lie on the disk in this order.
{
  table = "gpt";
  partitions = [
    {
      label = "floppy-esp";
      # EFI System Partition
      type = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
      sizeMiB = 512;
      fileSystem = {
        type = "vfat";
        fatBits = 32;
        label = "FLOPPY-ESP";
      };
      mounts = [
        # World-readable, a boot loader's random seed would be everybody's.
        { mountPoint = "/boot"; options = [ "umask=0077" ]; }
      ];
    }
    {
      label = "floppy-root";
      # Linux file system data
      type = "0fc63daf-8483-4772-8e79-3d69d8477de4";
      # The rest of the disk
      sizeMiB = null;
      fileSystem = {
        type = "btrfs";
        label = "floppy-root";
      };
      # Parents come first, as they have to be mounted. Btrfs takes the compression of the first mount
      # for the whole file system, so every subvolume says the same.
      mounts = [
        { subvolume = "@"; mountPoint = "/"; options = [ "compress=zstd" "noatime" ]; }
        { subvolume = "@home"; mountPoint = "/home"; options = [ "compress=zstd" "noatime" ]; }
        { subvolume = "@nix"; mountPoint = "/nix"; options = [ "compress=zstd" "noatime" ]; }
        { subvolume = "@log"; mountPoint = "/var/log"; options = [ "compress=zstd" "noatime" ]; }
        { subvolume = "@snapshots"; mountPoint = "/.snapshots"; options = [ "compress=zstd" "noatime" ]; }
      ];
    }
  ];
}
