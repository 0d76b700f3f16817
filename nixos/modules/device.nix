# The `floppy` command: what a device can tell about itself.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.floppy = {
    environment = mkOption {
      type = types.attrsOf types.str;
      default = { };
      internal = true;
      description = "What the `floppy` command is told about this system. No secrets: it lies in the store.";
    };
    package = mkOption {
      type = types.package;
      default = pkgs.callPackage ../packages/floppy-device.nix { inherit (config.floppy) environment; };
      defaultText = lib.literalMD "the package of this flake";
      description = "The `floppy` command.";
    };
  };

  config.environment.systemPackages = [ config.floppy.package ];
}
