# Infrastructure node: reachable over WireGuard, its figures readable there.
{
  imports = [
    ../modules/services/monitoring.nix
    ../modules/services/wireguard.nix
  ];
}
