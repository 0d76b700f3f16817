# The stick from which a laptop, desktop or server is installed; $out/iso/NAME.iso. It shows where it is reached
# and lets in whoever holds a key that the stick's identity names, nobody else.
{ config, lib, pkgs, modulesPath, ... }:
let
  inherit (lib) mkForce mkOption types;
  cfg = config.floppy.installer;
in
{
  imports = [
    "${modulesPath}/installer/cd-dvd/installation-cd-minimal.nix"
    ../modules/options.nix
    ../modules/device.nix
    ../modules/identity.nix
    ../modules/ssh.nix
    ./installer-screen.nix
  ];

  options.floppy.installer = {
    sources = mkOption {
      type = types.listOf types.path;
      default = [ ];
      description = "Sources of the flake's inputs; with them on the stick, the flake evaluates without internet.";
    };
    systems = mkOption {
      type = types.attrsOf types.package;
      default = { };
      description = "Systems by target that are put on the stick, to be installed without internet.";
    };
  };

  config = {
    floppy.identity = {
      label = "FLOPPY";
      bootMount = "/iso";
      user = "root";
      liveSystem = true;
    };

    # The image lets root in with a password and gives root, and the person at the keyboard, an empty one.
    services.openssh.settings = {
      PermitRootLogin = mkForce "prohibit-password";
      AllowUsers = [ "root" ];
    };
    users.users.root.initialHashedPassword = mkForce "!";
    users.users.nixos.initialHashedPassword = mkForce "!";
    services.getty.autologinUser = mkForce null;

    # The identity's Wi-Fi is a profile of NetworkManager's; the image has wpa_supplicant on its own.
    networking.networkmanager.enable = true;
    networking.wireless.enable = mkForce false;

    # A lid that is closed must not stop an installation.
    services.logind.lidSwitch = "ignore";
    services.logind.lidSwitchExternalPower = "ignore";

    # zstd: what is pushed to the new disk comes packed.
    environment.systemPackages =
      [ pkgs.btrfs-progs pkgs.dosfstools pkgs.gptfdisk pkgs.parted pkgs.rsync pkgs.zstd ];
    nix.settings.experimental-features = [ "nix-command" "flakes" ];

    # The flake, to be copied to the disk and installed from there.
    environment.etc."floppy/nixos".source = ../.;
    environment.etc."floppy/systems.json".text = builtins.toJSON cfg.systems;

    isoImage = {
      storeContents = cfg.sources ++ builtins.attrValues cfg.systems;
      # Somewhat larger than the strongest, and built in a fraction of the time.
      squashfsCompression = "zstd -Xcompression-level 6";
    };
    # The image waits ten seconds for somebody to choose.
    boot.loader.timeout = mkForce 3;
  };
}
