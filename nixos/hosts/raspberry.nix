# Raspberry Pi 4, 400 and Compute Module 4; 3 and Zero 2 boot as well, with less memory.
# The kernel is NixOS' default, mainline: the vendor's lacks modules that the image asks for.
# A Pi 5 does not boot this image: NixOS 24.11 has neither its firmware nor a boot loader for it.
# 25.05: look again.
{ lib, ... }:
{
  # 1 to 8 GB of memory, and a card that wears with every page swapped to it.
  zramSwap.enable = true;

  # An appliance is to answer at once, also over Wi-Fi.
  networking.networkmanager.wifi.powersave = lib.mkDefault false;
}
