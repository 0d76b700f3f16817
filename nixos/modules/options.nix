# What a device is told about itself; everything else follows from it or from NixOS' own options.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  inherit (config.floppy) host role;
in
{
  options.floppy = {
    host = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "raspberry";
      description = "Hardware profile: a host of catalog.nix. Null on a medium that is for no one host, such as the installer.";
    };
    role = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "robot";
      description = "What the device is for: a role of catalog.nix.";
    };
    target = mkOption {
      type = types.nullOr types.str;
      default = if host == null || role == null then null else "${host}-${role}";
      defaultText = lib.literalMD "host and role, joined by a hyphen";
      readOnly = true;
      description = "The name of this system in the flake.";
    };
    user = mkOption {
      type = types.strMatching "[a-z_][a-z0-9_-]{0,30}";
      default = "jeremy";
      description = "The person who uses and administers the device; logs in over SSH with a key.";
    };
    fleet.url = mkOption {
      type = types.nullOr (types.strMatching "https?://.+");
      default = null;
      example = "http://mainframe.local:8440";
      description = "The fleet API that devices report their state to. Null: they report to nobody.";
    };
  };
}
