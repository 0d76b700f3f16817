# Robot controller on a Raspberry Pi 4 with a HIWONDER board: servo bus, camera, voice.
{ config, ... }:
{
  imports = [
    ../modules/services/camera.nix
    ../modules/services/servo-bus.nix
    ../modules/services/speech.nix
  ];

  # The board's sensors are on I2C.
  hardware.i2c.enable = true;
  users.users.${config.floppy.user}.extraGroups = [ "i2c" ];
}
