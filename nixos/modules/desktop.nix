# XFCE for the roles that have a desktop, nothing for the headless ones.
{ lib, role, ... }:
lib.mkIf (role.desktop != "headless") {
  services.xserver.enable = true;
  services.xserver.desktopManager.xfce.enable = true;
  services.xserver.displayManager.lightdm.enable = true;
  services.picom.enable = true;
}
