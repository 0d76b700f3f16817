# The fleet API: devices report their status to it, and whoever has the token reads the list of them.
# It speaks plain HTTP, so let it listen on a network that you trust, such as WireGuard.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.floppy-fleet;
in
{
  options.services.floppy-fleet = {
    enable = lib.mkEnableOption "the fleet API, which gathers the status of devices";
    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ../../packages/floppy-fleet { };
      defaultText = lib.literalMD "the package of this flake";
      description = "The package to run.";
    };
    listenAddress = lib.mkOption {
      type = lib.types.str;
      default = "127.0.0.1";
      example = "10.20.0.1";
      description = "Address to listen at: loopback, one of this device's, or 0.0.0.0 for all of them.";
    };
    port = lib.mkOption {
      type = lib.types.port;
      default = 8440;
      description = "TCP port to listen at.";
    };
    openFirewall = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether the firewall lets the port in.";
    };
    tokenFile = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "/var/lib/secrets/fleet-token";
      description = ''
        File with the token that every request must bear; a string, so that it stays out of the store.
        Null: one is made at the first start, to be read with `sudo cat /var/lib/floppy-fleet/token`.
      '';
    };
    maxDevices = lib.mkOption {
      type = lib.types.ints.positive;
      default = 1000;
      description = "How many devices are kept; reports of further ones are refused.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.floppy-fleet = {
      description = "Floppy fleet API";
      wantedBy = [ "multi-user.target" ];
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];

      serviceConfig = import ./confined.nix // {
        ExecStart = lib.concatStringsSep " " [
          (lib.getExe cfg.package)
          "--address ${cfg.listenAddress}"
          "--port ${toString cfg.port}"
          (if cfg.tokenFile == null
          then "--make-token --token-file %S/floppy-fleet/token"
          else "--token-file %d/token")
          "--state-file %S/floppy-fleet/devices.json"
          "--max-devices ${toString cfg.maxDevices}"
        ];
        LoadCredential = lib.mkIf (cfg.tokenFile != null) "token:${cfg.tokenFile}";
        Restart = "on-failure";
        RestartSec = 5;
        RestrictAddressFamilies = [ "AF_INET" "AF_INET6" ];
        StateDirectory = "floppy-fleet";
        StateDirectoryMode = "0700";
        # The JavaScript engine guards its own code with memory protection keys.
        SystemCallFilter = [ "@system-service" "@pkey" "~@privileged" ];
      };
    };

    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
  };
}
