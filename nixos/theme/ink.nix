# Paper on ink: dark, for benches and evenings.
{ pkgs, ... }:
{
  floppy.themes.ink = {
    widgets = { name = "Arc-Dark"; package = pkgs.arc-theme; };
    icons = { name = "Papirus-Dark"; package = pkgs.papirus-icon-theme; };
    cursor = { name = "Adwaita"; package = pkgs.adwaita-icon-theme; };
    font = { name = "Inter"; package = pkgs.inter; };
    dark = true;
    background = "141618";
    foreground = "eceae4";
  };
}
