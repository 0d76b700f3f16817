# Tells the fleet, where there is one, how the device is.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  inherit (config.floppy) fleet;
in
{
  options.floppy = {
    fleet.tokenFile = mkOption {
      type = types.str;
      default = "/var/lib/floppy/fleet-token";
      description = "File with the token of the fleet API; a string, so that it stays out of the store.";
    };
    status.interval = mkOption {
      type = types.str;
      default = "15min";
      description = "Time from one report to the next, as systemd.time has it.";
    };
  };

  config = lib.mkIf (fleet.url != null) {
    floppy.environment = {
      FLOPPY_FLEET_URL = fleet.url;
      FLOPPY_FLEET_TOKEN_FILE = fleet.tokenFile;
    };

    systemd.services.floppy-status = {
      description = "Status report to the fleet";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "${lib.getExe config.floppy.package} status --report";
        ProtectHome = true;
        NoNewPrivileges = true;
      };
    };
    systemd.timers.floppy-status = {
      description = "Status report to the fleet";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnBootSec = "2min";
        OnUnitActiveSec = config.floppy.status.interval;
        RandomizedDelaySec = "30s";
      };
    };
  };
}
