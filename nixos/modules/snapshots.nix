# Snapshots to go back to: the root's in @snapshots, those of the user's data in a subvolume beside it.
# Back to how a file was:    snapper -c home undochange NUMBER..0 /home/…
# Back to an earlier system: choose its generation in the boot menu, or nixos-rebuild switch --rollback.
{ config, lib, ... }:
let
  # Enough to undo a bad afternoon, a bad week, a bad month.
  kept = { HOURLY = "12"; DAILY = "7"; WEEKLY = "4"; MONTHLY = "3"; YEARLY = "0"; };

  snapshotsOf = subvolume: {
    SUBVOLUME = subvolume;
    ALLOW_USERS = [ config.floppy.user ];
    TIMELINE_CREATE = true;
    TIMELINE_CLEANUP = true;
  } // lib.mapAttrs' (period: count: lib.nameValuePair "TIMELINE_LIMIT_${period}" count) kept;
in
{
  services.snapper.configs = {
    root = snapshotsOf "/";
    home = snapshotsOf "/home";
  };

  # Snapper wants a subvolume for its snapshots, and does not make it.
  systemd.tmpfiles.rules = [ "v /home/.snapshots 0750 root root -" ];
}
