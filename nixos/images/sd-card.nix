# A card that boots a Raspberry Pi or a board made of one; $out/sd-image/NAME.img.zst.
{ modulesPath, host, role, ... }:
{
  imports = [ "${modulesPath}/installer/sd-card/sd-image-aarch64.nix" ];

  sdImage = {
    imageBaseName = "floppy-${host.name}-${role.name}";
    # Room for the boot files and the device's identity, which the writer puts here.
    firmwareSize = 128;
  };
}
