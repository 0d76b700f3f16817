# A WireGuard interface whose private key is made on the device at its first start and never leaves it,
# so one image serves many devices. `sudo wg show wg0 public-key` tells the others its public half.
{ config, lib, ... }:
let
  cfg = config.floppy.wireguard;
in
{
  options.floppy.wireguard = {
    interface = lib.mkOption {
      type = lib.types.str;
      default = "wg0";
      description = ''
        Name of the WireGuard interface. Its peers are set by NixOS's own option,
        `networking.wireguard.interfaces.<name>.peers`.
      '';
    };
    addresses = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "10.20.0.2/24" ];
      description = "Addresses of this device in the WireGuard network, each with its prefix length.";
    };
    port = lib.mkOption {
      type = lib.types.port;
      default = 51820;
      description = "UDP port that peers reach this device at. The firewall lets it in.";
    };
    privateKeyFile = lib.mkOption {
      type = lib.types.str;
      default = "/var/lib/wireguard/${cfg.interface}.key";
      defaultText = lib.literalExpression ''"/var/lib/wireguard/''${config.floppy.wireguard.interface}.key"'';
      description = "Where the device keeps its private key. It is made there if there is none.";
    };
  };

  config = {
    networking.wireguard.interfaces.${cfg.interface} = {
      ips = cfg.addresses;
      listenPort = cfg.port;
      inherit (cfg) privateKeyFile;
      generatePrivateKeyFile = true;
    };

    networking.firewall.allowedUDPPorts = [ cfg.port ];
    # A peer's packets may come in by another way than the one back.
    networking.firewall.checkReversePath = "loose";
    networking.networkmanager.unmanaged = [ "interface-name:${cfg.interface}" ];
  };
}
