# The way in: keys only. As root nobody logs in; the run that installed a device may ask it once how it is.
{
  services.openssh = {
    enable = true;
    settings = {
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      PermitRootLogin = "forced-commands-only";
    };
    # The one kind that a medium brings along; an RSA key would take a small board minutes to make.
    hostKeys = [
      { type = "ed25519"; path = "/etc/ssh/ssh_host_ed25519_key"; }
    ];
  };
}
