# The boot loader of an installed disk. A card has the one of its image instead, never both.
{ lib, ... }:
{
  boot.loader.systemd-boot = {
    enable = true;
    # Each kernel with its initial RAM disk takes some 50 MiB of the ESP.
    configurationLimit = lib.mkDefault 8;
    # Otherwise anybody at the keyboard could append init=/bin/sh.
    editor = false;
  };
  boot.loader.efi.canTouchEfiVariables = true;
  boot.loader.timeout = lib.mkDefault 3;
}
