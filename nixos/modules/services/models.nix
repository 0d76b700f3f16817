# Who may ask the language models of a device that serves some.
{ config, lib, ... }:
let
  cfg = config.floppy.models;
in
{
  options.floppy.models = {
    openToNetwork = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = ''
        Whether the model server answers the whole network. It asks nobody who they are, so it answers
        the device alone unless this is set; `ssh -L` reaches it all the same.
      '';
    };
    address = lib.mkOption {
      type = lib.types.str;
      default = if cfg.openToNetwork then "0.0.0.0" else "127.0.0.1";
      defaultText = lib.literalMD "every address if `openToNetwork` is set, else loopback";
      description = "Address that the model server listens at.";
    };
  };
}
