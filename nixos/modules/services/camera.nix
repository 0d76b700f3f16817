# A USB camera as an MJPEG stream, for as long as one is plugged in. (A camera on the ribbon cable
# needs libcamera and an overlay of its own, which is not done here.)
{ config, lib, pkgs, ... }:
let
  cfg = config.floppy.robot.camera;
in
{
  options.floppy.robot.camera = {
    listenAddress = lib.mkOption {
      type = lib.types.str;
      default = "127.0.0.1";
      example = "0.0.0.0";
      description = ''
        Address that the stream is served at. Whoever reaches it can watch, so it is the device alone
        unless set; `ssh -L` reaches it all the same.
      '';
    };
    port = lib.mkOption {
      type = lib.types.port;
      default = 8090;
      description = "TCP port of the stream.";
    };
    resolution = lib.mkOption {
      type = lib.types.strMatching "[0-9]+x[0-9]+";
      default = "1280x720";
      description = "Width and height of the picture in pixels.";
    };
    openFirewall = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether the firewall lets the stream's port in.";
    };
  };

  config = {
    services.udev.extraRules = ''
      SUBSYSTEM=="video4linux", SUBSYSTEMS=="usb", ATTR{index}=="0", SYMLINK+="camera", TAG+="systemd", ENV{SYSTEMD_WANTS}+="camera.service"
    '';

    systemd.services.camera = {
      description = "Camera stream";
      bindsTo = [ "dev-camera.device" ];
      after = [ "dev-camera.device" ];
      serviceConfig = import ./confined.nix // {
        ExecStart = lib.concatStringsSep " " [
          "${pkgs.ustreamer}/bin/ustreamer"
          "--device /dev/camera"
          "--resolution ${cfg.resolution}"
          "--host ${cfg.listenAddress}"
          "--port ${toString cfg.port}"
        ];
        Restart = "on-failure";
        RestartSec = 5;
        SupplementaryGroups = [ "video" ];
        DeviceAllow = "char-video4linux rw";
        RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" ];
      };
    };

    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
  };
}
