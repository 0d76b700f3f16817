# Display dashboard: one page on the locked LCD (floppy.display.url), on an e-paper panel if there is one.
{
  imports = [
    ../modules/services/epaper.nix
    ../modules/services/locked-display.nix
  ];
}
