# Seeed reTerminal: a Compute Module 4 behind a 5-inch touch screen.
# Seeed's drivers for the built-in panel, its touch and its LEDs are not part of the kernel and not packaged
# for NixOS; until they are, a display goes to the HDMI port.
{
  imports = [ ./raspberry.nix ];

  # Clock, light sensor and buttons are on this bus.
  hardware.i2c.enable = true;
}
