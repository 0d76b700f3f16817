import { z } from "zod";
import { publicKey, wifi } from "./identity.ts";
import { bytesOf, mostFileBytes, mostKeys } from "./identity-rules.ts";
import { manifestPlace } from "./manifest.ts";
import { isWholeKey } from "./public-key.ts";

/** Room is left for the rest of the identity, in whose file they are. */
const KEYS_BYTES = mostFileBytes - 5 * 1024;

const authorizedKeys = z
  .array(publicKey.refine(isWholeKey, "This key is not whole: a part of it is missing, or was changed."))
  .max(mostKeys, `A device takes ${mostKeys} keys at most.`)
  .refine(
    (keys) => bytesOf(JSON.stringify(keys, null, 4)) <= KEYS_BYTES,
    `A device takes ${KEYS_BYTES / 1024} KiB of keys at most.`,
  );

/** A word of one of nix's own lists, which blanks separate. */
const nixWord = z.string().regex(/^[^\s\p{Cc}]+$/u, "This is no address without blanks.");
const nixPublicKey = z
  .string()
  .regex(/^[^\s:]+:[A-Za-z0-9+/]{43}=$/, "This is no public key of nix, as cache.example.org-1:base64.");

/** Nix would take what begins with a hyphen for an option of its own. */
const flakeReference = z
  .string()
  .min(1)
  .regex(/^[^-]/, "This is no flake: it begins with a hyphen. A folder of that name is ./-name.");

/** What was saved, by this version or another: its rules may have been others, or a hand's. */
export const storedSettings = z.object({
  /** A flake reference; null means the flake that comes with Floppy. */
  flake: z.string().nullable(),
  /** Where images that were built elsewhere are listed; null for none. */
  manifest: z.object({ url: z.string(), publicKey: z.string().nullable() }).nullable(),
  /** SSH keys that may log in to the devices written here. */
  authorizedKeys: z.array(z.string()),
  wifi: z.object({ ssid: z.string(), passphrase: z.string() }).nullable(),
  /** Nix's own `builders` line, empty for none. */
  builders: z.string(),
  substituters: z.array(z.string()),
  trustedPublicKeys: z.array(z.string()),
  theme: z.enum(["system", "light", "dark"]),
  benchName: z.string(),
});

/** What may be saved, and what a medium is written by. */
export const settings = storedSettings.extend({
  flake: flakeReference.nullable(),
  manifest: manifestPlace.nullable(),
  authorizedKeys,
  wifi: wifi.nullable(),
  substituters: z.array(nixWord),
  trustedPublicKeys: z.array(nixPublicKey),
  benchName: z.string().max(40),
});
export type Settings = z.infer<typeof settings>;

export const defaultSettings: Settings = {
  flake: null,
  manifest: null,
  authorizedKeys: [],
  wifi: null,
  builders: "",
  substituters: [],
  trustedPublicKeys: [],
  theme: "system",
  benchName: "Bench 1",
};

const fieldNames: Record<keyof Settings, string> = {
  flake: "Flake",
  manifest: "Image manifest",
  authorizedKeys: "SSH keys",
  wifi: "Wi-Fi",
  builders: "Remote builders",
  substituters: "Binary caches",
  trustedPublicKeys: "Their public keys",
  theme: "Theme",
  benchName: "Name of the bench",
};
const partNames: Record<string, string> = { ssid: "name", passphrase: "passphrase", publicKey: "public key" };

/** A field as a person knows it, by an issue's path: `authorizedKeys.2` is “SSH keys, line 3”. */
export function wordsOfField([field, part]: readonly PropertyKey[]): string {
  const name = fieldNames[field as keyof Settings] ?? String(field);
  if (typeof part === "number") return `${name}, line ${part + 1}`;
  const words = partNames[String(part)];
  return words ? `${name} ${words}` : name;
}
