# What every device has: a way in, a network, a user, flakes.
{ pkgs, host, role, ... }:
{
  networking.hostName = "floppy";
  networking.networkmanager.enable = true;

  time.timeZone = "UTC";
  i18n.defaultLocale = "en_US.UTF-8";

  users.users.jeremy = {
    isNormalUser = true;
    extraGroups = [ "wheel" "networkmanager" ];
  };
  # Keys are the only way in, so there is no password to ask for.
  security.sudo.wheelNeedsPassword = false;

  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
    settings.PermitRootLogin = "no";
  };

  nix.settings.experimental-features = [ "nix-command" "flakes" ];
  environment.systemPackages = [ pkgs.git pkgs.vim pkgs.htop ];

  # A device can say what it is, whatever was written beside it.
  environment.etc."floppy/target".text = "${host.name}-${role.name}\n";

  system.stateVersion = "24.11";
}
