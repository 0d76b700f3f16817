# The least that has a desktop: XFCE without its programs, and SSH.
{ lib, pkgs, ... }:
{
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
