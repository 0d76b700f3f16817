# Dell laptops and desktops: Intel inside, firmware updates from the vendor.
{ lib, ... }:
{
  imports = [ ./generic.nix ];

  services.fwupd.enable = lib.mkDefault true;
  services.thermald.enable = lib.mkDefault true;
}
