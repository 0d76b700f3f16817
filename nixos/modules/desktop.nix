# XFCE: light, and at home on any graphics hardware.
{ config, lib, ... }:
{
  services.xserver = {
    enable = true;
    displayManager.lightdm.enable = true;
    desktopManager.xfce = {
      enable = true;
      # The user has no password until they set one (passwd): a lock would lock them out.
      enableScreensaver = lib.mkDefault false;
    };
  };
  services.displayManager = {
    defaultSession = "xfce";
    # For the same reason nothing is asked of whoever sits at the device.
    autoLogin.enable = lib.mkDefault true;
    autoLogin.user = lib.mkDefault config.floppy.user;
  };

  services.picom = {
    enable = true;
    # The backend that needs nothing of the graphics hardware.
    backend = lib.mkDefault "xrender";
    vSync = lib.mkDefault true;
  };

  home-manager.users.${config.floppy.user} = {
    home.stateVersion = config.system.stateVersion;
    # There can be one compositor only.
    xfconf.settings.xfwm4."general/use_compositing" = false;
  };
}
