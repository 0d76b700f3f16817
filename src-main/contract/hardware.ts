/** What a machine's hardware needs of its system. */
import { z } from "zod";

export const profiles = [
  "hardware/network/broadcom-43xx.nix",
  "installer/scan/not-detected.nix",
  "profiles/qemu-guest.nix",
] as const;
export const switches = [
  "networking.enableIntel2200BGFirmware",
  "networking.enableIntel3945ABGFirmware",
  "virtualisation.hypervGuest.enable",
  "virtualisation.virtualbox.guest.enable",
] as const;

/** So many modules no machine needs to start. */
const MOST_MODULES = 128;

export const moduleName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const moduleNames = z.array(moduleName).max(MOST_MODULES);

export const hardwareFacts = z.object({
  platform: z.string().regex(/^[a-z0-9_]{1,32}-[a-z]{1,32}$/),
  /** The early system's modules: loaded where they are called for, and loaded always. */
  availableModules: moduleNames,
  initrdModules: moduleNames,
  kernelModules: moduleNames,
  microcode: z.enum(["intel", "amd"]).nullable(),
  profiles: z.array(z.enum(profiles)),
  switches: z.array(z.enum(switches)),
  broadcomDriver: z.boolean(),
});
export type HardwareFacts = z.infer<typeof hardwareFacts>;
