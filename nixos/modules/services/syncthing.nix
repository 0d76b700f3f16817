# Folders shared between a person's devices. Devices and folders are added in Syncthing's own page
# (http://127.0.0.1:8384), so what was added there is not overwritten by the next rebuild.
{ config, ... }:
let
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
