# A card that boots a Raspberry Pi or a board made of one; $out/sd-image/NAME.img and its .bmap.
{ config, lib, modulesPath, pkgs, ... }:
{
  imports = [ "${modulesPath}/installer/sd-card/sd-image-aarch64.nix" ];

  # The image asks for zfs wherever there is a package of it, and its modules lag behind the kernel.
  boot.supportedFilesystems.zfs = lib.mkForce false;

  sdImage = {
    # 25.05: image.baseName
    imageBaseName = "floppy-${config.floppy.target}";
    # Compressing takes longer than building, above all where an aarch64 processor is emulated, and gains
    # nothing: the image is written to a card on the same machine.
    compressImage = lib.mkDefault false;
    # At the first start the root file system grows to the card's end. The card's table is an MBR, which has no
    # copy there to be moved.
    expandOnBoot = true;
    # Room for the boot files and the device's identity, which the writer puts here.
    firmwareSize = 128;
    # Which blocks hold something, and their checksums: for bmaptool, and for Floppy, which holds the image to it.
    postBuildCommands = lib.mkAfter ''
      ${lib.getExe pkgs.bmaptool} create --output "$img.bmap" "$img"
    '';
  };
}
