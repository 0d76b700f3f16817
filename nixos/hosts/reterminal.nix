# Seeed reTerminal: a Compute Module 4 behind a 5-inch touch screen.
# Seeed's drivers for the built-in panel, its touch and its LEDs are not part of the kernel and not packaged
# for NixOS; until they are, a display goes to the HDMI port.
{ config, ... }:
{
  imports = [ ./raspberry.nix ];

  # Clock, light sensor and accelerometer are on this bus.
  hardware.i2c.enable = true;
  users.users.${config.floppy.user}.extraGroups = [ "i2c" ];
}
