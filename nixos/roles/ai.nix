# AI inference with llama.cpp. No model is baked in, as it would be most of the image: copy one to
# /var/lib/models/model.gguf, and the server starts by itself.
{ config, lib, ... }:
let
  inherit (config.floppy) models user;
  inherit (config.services.llama-cpp) model;
in
{
  imports = [ ../modules/services/models.nix ];

  services.llama-cpp = {
    enable = true;
    model = lib.mkDefault "/var/lib/models/model.gguf";
    host = models.address;
    openFirewall = models.openToNetwork;
  };

  # The user may copy models in; the server, a user of its own, may read them.
  systemd.tmpfiles.rules = [ "d ${dirOf model} 0755 ${user} users -" ];

  # Without a model there is nothing to start, and nothing has failed.
  systemd.services.llama-cpp.unitConfig.ConditionPathExists = model;
  systemd.paths.llama-cpp = {
    description = "Arrival of a model";
    wantedBy = [ "multi-user.target" ];
    pathConfig.PathChanged = model;
  };
}
