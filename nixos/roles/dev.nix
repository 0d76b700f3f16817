# Developer workstation: a full desktop, tools to build with, folders shared between devices.
{ lib, pkgs, ... }:
{
  imports = [ ../modules/services/syncthing.nix ];

  floppy.theme = lib.mkDefault "ink";

  environment.systemPackages = with pkgs; [
    fd
    gcc
    gnumake
    jq
    nodejs_22
    python3
    ripgrep
    tmux
  ];
  programs.firefox.enable = true;
  # A project's own tools come with its folder.
  programs.direnv.enable = true;
}
