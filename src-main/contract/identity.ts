import { z } from "zod";
import type { Host } from "./catalog.ts";
import type { Inspection } from "./images.ts";
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
  /** Gets in as root once, for the question that confirms an installation, and for nothing else. */
  confirmKey: z.string().nullable().optional(),
});
export type MediumIdentity = z.infer<typeof mediumIdentity>;

/** What a drive says whose medium it is, as it was read from the drive itself; no secret of it. */
export const carriedIdentity = mediumIdentity
  .pick({ serial: true, host: true, role: true, runId: true, hostname: true })
  .extend({
    /** The host key's public half, an OpenSSH line; null where the drive carries none. */
    hostKey: z.string().nullable(),
  });
export type CarriedIdentity = z.infer<typeof carriedIdentity>;

/** The partition that is put behind an installer's image, to carry the identity of a stick. */
export const STICK_IDENTITY_BYTES = 16 * 1024 ** 2;

/** Whether a medium can carry its device's identity: a card whose image has a FAT partition, as far as is known. */
export function carriesIdentity(medium: Host["medium"], image: Pick<Inspection, "firmware"> | null): boolean {
  return medium === "card" && (image === null || image.firmware !== null);
}
