import { z } from "zod";
import { wifi } from "./settings.ts";

/** Where a medium carries its identity, relative to the FAT partition's root. */
export const IDENTITY_PATH = "floppy/identity.json";
export const HOST_KEY_PATH = "floppy/ssh_host_ed25519_key";
export const HOST_KEY_PUBLIC_PATH = "floppy/ssh_host_ed25519_key.pub";

/** The content of `floppy/identity.json`, read by the device at its first boot. */
export const mediumIdentity = z.object({
  version: z.literal(1),
  serial: z.string(),
  host: z.string(),
  role: z.string(),
  runId: z.string(),
  hostname: z.string(),
  authorizedKeys: z.array(z.string()),
  wifi: wifi.nullable(),
});
export type MediumIdentity = z.infer<typeof mediumIdentity>;
