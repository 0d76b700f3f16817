# For experiments: a full desktop, containers to break things in, instruments for network and hardware.
{ config, lib, pkgs, ... }:
{
  imports = [
    ../modules/services/syncthing.nix
    ../modules/services/wireguard.nix
  ];

  floppy.theme = lib.mkDefault "ink";

  environment.systemPackages = with pkgs; [
    i2c-tools
    nmap
    pciutils
    picocom
    python3
    tcpdump
    usbutils
  ];
  programs.firefox.enable = true;
  virtualisation.podman.enable = true;

  # Serial ports without sudo.
  users.users.${config.floppy.user}.extraGroups = [ "dialout" ];
}
