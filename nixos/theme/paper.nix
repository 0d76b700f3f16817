# Ink on paper: light, for rooms with daylight.
{ pkgs, ... }:
{
  floppy.themes.paper = {
    widgets = { name = "Arc"; package = pkgs.arc-theme; };
    icons = { name = "Papirus-Light"; package = pkgs.papirus-icon-theme; };
    cursor = { name = "Adwaita"; package = pkgs.adwaita-icon-theme; };
    font = { name = "Inter"; package = pkgs.inter; };
    background = "f5f3ee";
    foreground = "1c1e21";
  };
}
