# Single-purpose display: one page on a locked screen (floppy.display.url), SSH for its admin only.
{
  imports = [ ../modules/services/locked-display.nix ];
}
