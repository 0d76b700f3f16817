# Flakes, and a store that does not fill the disk.
{ lib, ... }:
{
  nix.settings = {
    experimental-features = [ "nix-command" "flakes" ];
    # Whoever may become root may as well copy closures to the device.
    trusted-users = [ "root" "@wheel" ];
  };

  nix.optimise = {
    automatic = true;
    dates = [ "weekly" ];
  };
  # A month of generations to roll back to.
  nix.gc = {
    automatic = lib.mkDefault true;
    dates = lib.mkDefault "weekly";
    options = lib.mkDefault "--delete-older-than 30d";
  };
}
