# A screen that shows one page and nothing else: cage (a compositor for one window) and Chromium.
# Nobody can log in at it; the device is looked after over SSH by its own user alone.
{ config, lib, pkgs, ... }:
let
  cfg = config.floppy.display;
in
{
  imports = [ ./locked-browser.nix ];

  options.floppy.display = {
    url = lib.mkOption {
      type = lib.types.strMatching "(https?|file)://[^[:space:]]+";
      default = "file://${./welcome.html}";
      defaultText = lib.literalMD "a page that says how to set this";
      example = "https://dashboard.example.org/hall";
      description = "The page that is shown.";
    };
    user = lib.mkOption {
      type = lib.types.str;
      default = "display";
      description = "The user that the page runs as. It has no password, no shell and no rights.";
    };
    scale = lib.mkOption {
      type = lib.types.numbers.positive;
      default = 1;
      example = 1.5;
      description = "How many of the screen's pixels make one of the page's.";
    };
  };

  config = {
    users.users.${cfg.user} = {
      isNormalUser = true;
      shell = "${pkgs.shadow}/bin/nologin";
    };
    # Root only for the one question that confirms an installation.
    services.openssh.settings.AllowUsers = [ config.floppy.user "root" ];

    services.cage = {
      enable = true;
      inherit (cfg) user;
      # A page may contain % and quotes, which would mean something to systemd.
      program = pkgs.writeShellScript "floppy-display" ''
        exec ${lib.getExe pkgs.chromium} --kiosk --ozone-platform=wayland --no-first-run --noerrdialogs \
          --disable-session-crashed-bubble --disable-pinch --overscroll-history-navigation=0 \
          --force-device-scale-factor=${toString cfg.scale} ${lib.escapeShellArg cfg.url}
      '';
      # The screen must come up with no mouse and no keyboard plugged in.
      environment.WLR_LIBINPUT_NO_DEVICES = "1";
    };

    # Pages come in every script, which a device without a desktop has no letters for.
    fonts.packages = [ pkgs.noto-fonts pkgs.noto-fonts-color-emoji ];

    # NixOS's unit leaves a dead screen after a crash.
    systemd.services.cage-tty1 = {
      startLimitIntervalSec = 0;
      serviceConfig = {
        Restart = "always";
        RestartSec = 2;
      };
    };
    systemd.services."autovt@tty1".enable = false;

    # A keyboard is within everyone's reach: no boot parameters, no key that reaches past the page.
    boot.loader.systemd-boot.editor = false;
    boot.kernel.sysctl."kernel.sysrq" = 0;
  };
}
