import { z } from "zod";
import type { Host } from "./catalog.ts";
import { FloppyError } from "./errors.ts";
import { bytesOf, identityRules, mostFileBytes, mostKeys, ruled } from "./identity-rules.ts";
import type { Inspection } from "./images.ts";

/** Where a medium carries its identity, relative to the FAT partition's root. */
export const IDENTITY_PATH = "floppy/identity.json";
export const HOST_KEY_PATH = "floppy/ssh_host_ed25519_key";
export const HOST_KEY_PUBLIC_PATH = "floppy/ssh_host_ed25519_key.pub";

const { hostname, name, passphrase, runId, serial, ssid } = identityRules;

export const publicKey = ruled(
  identityRules.publicKey,
  "This is no OpenSSH public key in one line, as ssh-ed25519 AAAA… name, without options before it.",
);

export const wifi = z.object({
  ssid: ruled(
    ssid,
    "A network name has 1 to 32 bytes and no line end; a letter as ü or Я takes 2, others up to 4.",
  ),
  passphrase: ruled(
    passphrase,
    "A WPA passphrase has 8 to 63 characters of ASCII: no ü, no line end. Or 64 hexadecimal digits: the key itself.",
  ),
});

/** The content of `floppy/identity.json`, read by the device at its first boot. */
export const mediumIdentity = z.object({
  version: z.literal(1),
  serial: ruled(serial, "This is no serial, as FLOPPY-RPI-00001."),
  host: ruled(name, "This is no name of a host."),
  role: ruled(name, "This is no name of a role."),
  runId: ruled(runId, "This is no run’s id."),
  hostname: ruled(hostname, "This is no hostname."),
  authorizedKeys: z.array(publicKey).max(mostKeys),
  wifi: wifi.nullable().default(null),
  /** Gets in as root once, for the question that confirms an installation, and for nothing else. */
  confirmKey: publicKey.nullable().optional(),
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
/** Why a device would refuse this content of `floppy/identity.json`, or null where it takes it. */
export function identityProblem(content: string): string | null {
  if (bytesOf(content) > mostFileBytes) return `it is larger than ${mostFileBytes / 1024} KiB`;
  let found: unknown;
  try {
    found = JSON.parse(content);
  } catch {
    return "it is not JSON";
  }
  const issue = mediumIdentity.safeParse(found).error?.issues[0];
  if (!issue) return null;
  return issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message;
}

/** Of an identity that a device would refuse as a whole or in part; it never reaches a medium. */
export function identityRefused(problem: string): FloppyError {
  return new FloppyError(
    "SETTINGS_INVALID",
    `The device would not take this identity: ${problem}`,
    "Nothing was written. Correct it in Settings, then write the medium again.",
  );
}

/** Whether a medium can carry its device's identity: a card whose image has a FAT partition, as far as is known. */
export function carriesIdentity(medium: Host["medium"], image: Pick<Inspection, "firmware"> | null): boolean {
  return medium === "card" && (image === null || image.firmware !== null);
}
