# VPN exit node: what comes in by WireGuard goes out to the internet under this device's address.
# IPv4 only; give peers the route 0.0.0.0/0.
{ config, lib, ... }:
let
  cfg = config.floppy.proxy;
in
{
  imports = [ ../modules/services/wireguard.nix ];

  options.floppy.proxy.externalInterface = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "enp1s0";
    description = ''
      Interface towards the internet. Null: whichever has the route, as its name differs from one
      machine to the next.
    '';
  };

  config.networking.nat = {
    enable = true;
    inherit (cfg) externalInterface;
    internalInterfaces = [ config.floppy.wireguard.interface ];
  };
}
