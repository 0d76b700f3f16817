# The key that a run leaves on the disk it installed, to confirm it with. Where nobody takes it away it goes by
# itself: after a day (sshd looks at the clock, the timer does without one), or soon after it was confirmed.
{ config, lib, ... }:
let
  floppy = lib.getExe config.floppy.package;
  service = {
    unitConfig.ConditionPathExists = "/var/lib/floppy/authorized_keys.d/root";
    serviceConfig = {
      Type = "oneshot";
      ProtectHome = true;
      PrivateNetwork = true;
      NoNewPrivileges = true;
    };
  };
in
# A card and a stick have no such key; what a stick lets root in with lies at the same place.
lib.mkIf (config.floppy.identity.label == null) {
  systemd.services.floppy-confirm-boot = lib.mkMerge [
    service
    {
      description = "Count of starts since the installation was confirmed";
      wantedBy = [ "multi-user.target" ];
      before = [ "sshd.service" ];
      serviceConfig.RemainAfterExit = true;
      serviceConfig.ExecStart = "${floppy} confirm --boot";
    }
  ];
  systemd.services.floppy-confirm-end = lib.mkMerge [
    service
    {
      description = "End of the installing run's access";
      serviceConfig.ExecStart = "${floppy} confirm --done";
    }
  ];
  systemd.timers.floppy-confirm-end = {
    description = "End of the installing run's access";
    wantedBy = [ "timers.target" ];
    timerConfig.OnBootSec = "24h";
  };
}
