# An e-paper panel beside or instead of the LCD: the page is drawn as a picture now and then and handed
# to the panel's driver. Panels differ, so the driver is yours, and so is the device tree overlay that
# gives Linux the SPI bus (hardware.deviceTree.overlays).
{ config, lib, pkgs, ... }:
let
  cfg = config.floppy.epaper;
in
{
  options.floppy.epaper = {
    driver = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "\${pkgs.my-panel}/bin/show";
      description = ''
        Command that shows a picture on the panel; the path of a PNG is its last argument. It runs in the
        groups spi and gpio. Null: there is no such panel.
      '';
    };
    size = lib.mkOption {
      type = lib.types.strMatching "[0-9]+,[0-9]+";
      default = "800,480";
      description = "Width and height of the panel in pixels.";
    };
    interval = lib.mkOption {
      type = lib.types.str;
      default = "15min";
      description = "Time between two pictures, as systemd writes it.";
    };
  };

  config = lib.mkIf (cfg.driver != null) {
    # NixOS has no groups for these buses.
    users.groups = { spi = { }; gpio = { }; };
    services.udev.extraRules = ''
      SUBSYSTEM=="spidev", GROUP="spi", MODE="0660"
      SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"
    '';

    systemd.timers.epaper = {
      description = "Next picture for the e-paper panel";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnBootSec = "1min";
        OnUnitInactiveSec = cfg.interval;
      };
    };
    systemd.services.epaper = {
      description = "Picture for the e-paper panel";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      script = ''
        export HOME="$RUNTIME_DIRECTORY"
        picture="$RUNTIME_DIRECTORY/page.png"
        ${lib.getExe pkgs.chromium} --headless --hide-scrollbars --window-size=${cfg.size} \
          --screenshot="$picture" ${lib.escapeShellArg config.floppy.display.url}
        ${cfg.driver} "$picture"
      '';
      # Chromium makes namespaces for its own sandbox, which the confinement would forbid.
      serviceConfig = removeAttrs (import ./confined.nix) [ "RestrictNamespaces" "SystemCallFilter" ] // {
        Type = "oneshot";
        RuntimeDirectory = "epaper";
        TimeoutStartSec = 300;
        SupplementaryGroups = [ "spi" "gpio" ];
        DeviceAllow = [ "char-spi rw" "char-gpiochip rw" ];
        RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" "AF_NETLINK" ];
      };
    };
  };
}
