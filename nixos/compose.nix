# The modules that a host and a role, as catalog.nix describes them, are made of.
{ lib, home-manager }:
{ host, role, ... }:
let
  inherit (lib) hasSuffix optional;

  # What the installer found out about the one machine that this copy of the flake lies on.
  hardware = ./hardware-configuration.nix;
  installed = [ ./modules/boot.nix ./modules/filesystem.nix ./modules/snapshots.nix ]
    ++ optional (builtins.pathExists hardware) hardware;
in
[
  home-manager.nixosModules.home-manager
  { floppy = { host = host.name; role = role.name; }; }
  (./hosts + "/${host.name}.nix")
  ./modules
  (./roles + "/${role.name}.nix")
]
++ (if host.medium == "card" then [ ./images/sd-card.nix ] else installed)
++ optional host.battery ./modules/power.nix
# Headless roles and locked displays have none.
++ optional (hasSuffix "XFCE" role.desktop) ./modules/desktop.nix
