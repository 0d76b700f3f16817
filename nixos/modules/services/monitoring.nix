# Figures for Prometheus, to be fetched over WireGuard only: the exporter asks nobody who they are.
{ config, ... }:
let
  exporter = config.services.prometheus.exporters.node;
in
{
  services.prometheus.exporters.node = {
    enable = true;
    enabledCollectors = [ "systemd" ];
  };

  networking.firewall.interfaces.${config.floppy.wireguard.interface}.allowedTCPPorts = [ exporter.port ];
}
