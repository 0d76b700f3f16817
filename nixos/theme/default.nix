# A theme dresses the login screen, the desktop and the console. A role chooses one with
# `floppy.theme = lib.mkDefault "ink";`, and a plain value anywhere overrides it. A theme of one's own:
# `floppy.themes.NAME = { … };`, with the fields of paper.nix.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;

  look = description: mkOption {
    inherit description;
    type = types.submodule {
      options = {
        name = mkOption { type = types.str; description = "The name it is installed under."; };
        package = mkOption { type = types.package; description = "Where it comes from."; };
      };
    };
  };
  colour = description: mkOption {
    inherit description;
    type = types.strMatching "[0-9a-f]{6}";
  };
in
{
  imports = [ ./apply.nix ./ink.nix ./paper.nix ];

  options.floppy = {
    theme = mkOption {
      type = types.enum (lib.attrNames config.floppy.themes);
      default = "paper";
      description = "Which of floppy.themes the device wears.";
    };
    themes = mkOption {
      default = { };
      description = "The themes to choose from.";
      type = types.attrsOf (types.submodule {
        options = {
          widgets = look "GTK theme; the window borders come from it as well.";
          icons = look "Icon theme.";
          cursor = look "Cursor theme.";
          font = look "Font of the desktop.";
          dark = mkOption {
            type = types.bool;
            default = false;
            description = "Whether programs that have a dark appearance should use it.";
          };
          background = colour "What lies behind the login screen and the terminal, as RRGGBB.";
          foreground = colour "Text in the terminal, as RRGGBB.";
        };
      });
    };
  };
}
