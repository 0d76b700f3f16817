# Network, time, language and the few programs that one expects on every device.
{ config, lib, pkgs, ... }:
{
  # A device takes its own name at its first boot, so its system is called by what it is for.
  system.name = lib.mkIf (config.floppy.target != null) (lib.mkDefault config.floppy.target);

  networking.networkmanager.enable = true;

  time.timeZone = lib.mkDefault "UTC";
  i18n.defaultLocale = lib.mkDefault "en_US.UTF-8";

  environment.systemPackages = [ pkgs.git pkgs.vim pkgs.htop ];

  # A device can say what it is, whatever was written beside it.
  environment.etc."floppy/target" = lib.mkIf (config.floppy.target != null) {
    text = "${config.floppy.target}\n";
  };

  # The release whose data formats a new device starts with; for one that runs it is never raised.
  # 25.05: raise it for new devices only.
  system.stateVersion = lib.mkDefault "24.11";
}
