# The least that has a desktop: XFCE without its programs, and SSH.
{ lib, pkgs, ... }:
{
  imports = [ ../modules/desktop.nix ];

  floppy.theme = lib.mkDefault "paper";

  environment.xfce.excludePackages = with pkgs.xfce; [
    mousepad
    parole
    ristretto
    xfce4-screenshooter
    xfce4-taskmanager
  ];
  services.xserver.excludePackages = [ pkgs.xterm ];
}
