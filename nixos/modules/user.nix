# The person who uses the device.
{ config, ... }:
{
  users.users.${config.floppy.user} = {
    isNormalUser = true;
    extraGroups = [ "wheel" "networkmanager" "audio" "video" ];
  };

  # Keys are the only way in, so there is no password to ask for.
  security.sudo.wheelNeedsPassword = false;

  home-manager = {
    useGlobalPkgs = true;
    useUserPackages = true;
    # A desktop writes files of its own; they are put aside instead of stopping the activation.
    backupFileExtension = "before-home-manager";
  };
}
