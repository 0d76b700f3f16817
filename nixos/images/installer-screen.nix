# Where the machine is reached and who it is, large on its screen instead of a login.
{ config, lib, pkgs, ... }:
{
  console.font = lib.mkDefault "${pkgs.terminus_font}/share/consolefonts/ter-v32n.psf.gz";

  systemd.services."getty@tty1".enable = false;
  systemd.services."autovt@tty1".enable = false;

  systemd.services.floppy-screen = {
    description = "Address and fingerprint on the screen";
    wantedBy = [ "multi-user.target" ];
    after = [ "floppy-identity.service" "systemd-vconsole-setup.service" ];
    conflicts = [ "getty@tty1.service" ];
    serviceConfig = {
      ExecStart = "${lib.getExe config.floppy.package} screen --follow";
      Restart = "always";
      StandardInput = "tty";
      StandardOutput = "tty";
      StandardError = "journal";
      TTYPath = "/dev/tty1";
      TTYReset = true;
      ProtectSystem = "strict";
      ProtectHome = true;
      NoNewPrivileges = true;
    };
  };
}
