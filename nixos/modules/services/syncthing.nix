# Folders shared between a person's devices. Devices and folders are added in Syncthing's own page
# (http://127.0.0.1:8384), so what was added there is not overwritten by the next rebuild.
{ config, ... }:
let
  # Asking for the user's own entry here would go in a circle: Syncthing may add one for itself.
  inherit (config.floppy) user;
in
{
  services.syncthing = {
    enable = true;
    inherit user;
    group = "users";
    dataDir = "/home/${user}";
    openDefaultPorts = true;
    overrideDevices = false;
    overrideFolders = false;
  };
}
