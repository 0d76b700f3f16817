# Is the device still what was provisioned? `floppy verify`, and every week by itself.
{ config, lib, ... }:
let
  inherit (lib) any filter hasPrefix mkOption types;

  # Options that say how data is kept or what may be done with it, and that findmnt shows as they were given.
  telling = option:
    any (prefix: hasPrefix prefix option) [ "subvol=" "compress=" ]
    || builtins.elem option [ "noatime" "nodev" "noexec" "nosuid" "ro" ];
  mounted = fileSystem: fileSystem.fsType != "auto" && !(builtins.elem "noauto" fileSystem.options);
  expected = fileSystem: {
    target = fileSystem.mountPoint;
    type = fileSystem.fsType;
    options = filter telling fileSystem.options;
  };
  scrub = config.services.btrfs.autoScrub;
in
{
  options.floppy.verify.interval = mkOption {
    type = types.str;
    default = "weekly";
    example = "Sun 03:00";
    description = "When the whole device is verified, as systemd.time has it. It reads every file of the store.";
  };

  config = {
    # What layout.nix, or the image, has made of the disk.
    environment.etc."floppy/mounts.json".text =
      builtins.toJSON (map expected (filter mounted (builtins.attrValues config.fileSystems)));

    floppy.environment = lib.mkIf (scrub.enable && scrub.fileSystems != [ ]) {
      FLOPPY_SCRUB = builtins.head scrub.fileSystems;
    };

    systemd.services.floppy-verify = {
      description = "Verification of the device";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "${lib.getExe config.floppy.package} verify --report";
        CPUSchedulingPolicy = "idle";
        IOSchedulingClass = "idle";
        ProtectHome = true;
        NoNewPrivileges = true;
      };
    };
    systemd.timers.floppy-verify = {
      description = "Verification of the device";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnCalendar = config.floppy.verify.interval;
        # A device that was off makes up for it, and forty of them do not begin in the same second.
        Persistent = true;
        RandomizedDelaySec = "1h";
      };
    };
  };
}
