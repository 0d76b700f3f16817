# Who the device is: name, SSH host key, who may log in, Wi-Fi. Floppy writes it beside the image onto a FAT
# partition; the device takes it from there at its first boot. An installed disk has it from the installer.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.floppy.identity;
  catalog = import ../catalog.nix;
  host = lib.findFirst (host: host.name == config.floppy.host) null catalog.hosts;
in
{
  options.floppy.identity = {
    label = mkOption {
      type = types.nullOr types.str;
      default = if host != null && host.medium == "card" then "FIRMWARE" else null;
      defaultText = lib.literalMD ''"FIRMWARE" on a card, null on an installed disk'';
      description = "The FAT partition that carries the identity. Null: none does, the installer has handed it over.";
    };
    bootMount = mkOption {
      type = types.str;
      default = "/";
      description = "A mount point on the disk that this system runs from; the partition is looked for on no other.";
    };
    user = mkOption {
      type = types.str;
      default = config.floppy.user;
      defaultText = lib.literalExpression "config.floppy.user";
      description = "Who may log in with the authorized keys that the identity brings.";
    };
    liveSystem = mkOption {
      type = types.bool;
      default = false;
      description = "Whether this system forgets everything at the next start, so that the secrets have to stay on the medium.";
    };
  };

  config = {
    floppy.environment = lib.filterAttrs (_: value: value != null) {
      FLOPPY_HOST = config.floppy.host;
      FLOPPY_ROLE = config.floppy.role;
      FLOPPY_PREFIX = if host == null then null else host.prefix;
      FLOPPY_USER = cfg.user;
      FLOPPY_LABEL = cfg.label;
      FLOPPY_BOOT_MOUNT = cfg.bootMount;
      FLOPPY_LIVE_SYSTEM = if cfg.liveSystem then "1" else null;
    };

    # For the installer, which hands the identity over to this system before it has run.
    environment.etc."floppy/user".text = "${cfg.user}\n";

    # With a name NixOS would link /etc/hostname into the store; without one the file is the device's own.
    # Gives way to a name that somebody sets.
    networking.hostName = lib.mkOverride 900 "";

    services.openssh.authorizedKeysFiles = [ "/var/lib/floppy/authorized_keys.d/%u" ];

    # What is announced is in /etc/avahi/services, which the identity is written to.
    services.avahi = {
      enable = true;
      nssmdns4 = true;
      publish = {
        enable = true;
        addresses = true;
        userServices = true;
      };
    };

    systemd.services.floppy-identity = lib.mkIf (cfg.label != null) {
      description = "Identity from the medium";
      wantedBy = [ "multi-user.target" ];
      # 25.05: sshd-keygen.service makes the host key, before it was sshd.service itself.
      before = [ "sshd.service" "sshd-keygen.service" "NetworkManager.service" "avahi-daemon.service" ];
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "${lib.getExe config.floppy.package} identity apply";
        ProtectHome = true;
        PrivateNetwork = true;
        NoNewPrivileges = true;
      };
    };
  };
}
