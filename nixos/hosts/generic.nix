# Any UEFI machine of the last ten years: what it takes to find its disk and its keyboard at boot. What is
# particular to one machine comes from hardware-configuration.nix, which the installer writes.
{ lib, modulesPath, ... }:
{
  imports = [ "${modulesPath}/installer/scan/not-detected.nix" ];

  boot.initrd.availableKernelModules = [
    "ahci"
    "nvme"
    "sd_mod"
    "sdhci_pci"
    "thunderbolt"
    "usb_storage"
    "usbhid"
    "vmd"
    "xhci_pci"
  ];
  boot.kernelModules = [ "kvm-intel" "kvm-amd" ];

  hardware.cpu.intel.updateMicrocode = lib.mkDefault true;
  hardware.cpu.amd.updateMicrocode = lib.mkDefault true;
}
