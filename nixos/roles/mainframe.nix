# AI hub: Ollama serves models, and the fleet API gathers the status of all devices.
# Models are fetched by hand (`ollama pull NAME`), so that the first start needs no internet.
{ config, lib, ... }:
let
  inherit (config.floppy) models;
  fleet = config.services.floppy-fleet;
  here = if fleet.listenAddress == "0.0.0.0" then "127.0.0.1" else fleet.listenAddress;
in
{
  imports = [
    ../modules/services/fleet.nix
    ../modules/services/models.nix
  ];

  services.ollama = {
    enable = true;
    host = models.address;
    openFirewall = models.openToNetwork;
  };

  # Devices report over the network, each with the token; a fleet that only this device reaches is none.
  services.floppy-fleet = {
    enable = true;
    listenAddress = lib.mkDefault "0.0.0.0";
    openFirewall = lib.mkDefault true;
  };
  # It is a device of its own fleet.
  floppy.fleet = {
    url = lib.mkDefault "http://${here}:${toString fleet.port}";
    tokenFile = lib.mkDefault
      (if fleet.tokenFile == null then "/var/lib/floppy-fleet/token" else fleet.tokenFile);
  };
}
