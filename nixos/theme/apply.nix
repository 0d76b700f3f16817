# The chosen theme, put on the login screen (NixOS) and on the user's desktop (home-manager).
{ config, lib, ... }:
let
  theme = config.floppy.themes.${config.floppy.theme};
  fontSize = 10;
  cursorSize = 24;
in
lib.mkIf config.services.xserver.desktopManager.xfce.enable {
  fonts.packages = [ theme.font.package ];

  services.xserver.displayManager.lightdm.greeters.gtk = {
    theme = { inherit (theme.widgets) name package; };
    iconTheme = { inherit (theme.icons) name package; };
    cursorTheme = { inherit (theme.cursor) name package; size = cursorSize; };
    # LightDM's own option takes pictures, and colours without letters only.
    extraConfig = ''
      background = #${theme.background}
      font-name = ${theme.font.name} ${toString fontSize}
    '';
  };

  home-manager.users.${config.floppy.user} = {
    gtk = {
      enable = true;
      theme = { inherit (theme.widgets) name package; };
      iconTheme = { inherit (theme.icons) name package; };
      font = { inherit (theme.font) name package; size = fontSize; };
      gtk3.extraConfig.gtk-application-prefer-dark-theme = theme.dark;
    };
    home.pointerCursor = {
      inherit (theme.cursor) name package;
      size = cursorSize;
      gtk.enable = true;
      x11.enable = true;
    };
    # XFCE asks its own settings first and GTK's afterwards.
    xfconf.settings = {
      xsettings = {
        "Net/ThemeName" = theme.widgets.name;
        "Net/IconThemeName" = theme.icons.name;
        "Gtk/FontName" = "${theme.font.name} ${toString fontSize}";
        "Gtk/CursorThemeName" = theme.cursor.name;
      };
      xfwm4."general/theme" = theme.widgets.name;
      xfce4-terminal = {
        color-use-theme = false;
        color-background = "#${theme.background}";
        color-foreground = "#${theme.foreground}";
      };
    };
  };
}
