import { z } from "zod";
import { manifestPlace } from "./manifest.ts";

const publicKey = z
  .string()
  .regex(/^(ssh|ecdsa|sk-)[a-z0-9@.-]* [A-Za-z0-9+/=]+( .*)?$/, "This is no OpenSSH public key.");

export const wifi = z.object({
  ssid: z.string().min(1).max(32),
  passphrase: z.string().min(8, "A WPA passphrase has 8 to 63 characters.").max(63),
});

export const settings = z.object({
  /** A flake reference; null means the flake that comes with Floppy. */
  flake: z.string().min(1).nullable(),
  /** Where images that were built elsewhere are listed; null for none. */
  manifest: manifestPlace.nullable(),
  /** SSH keys that may log in to the devices written here. */
  authorizedKeys: z.array(publicKey),
  wifi: wifi.nullable(),
  /** Nix's own `builders` line, empty for none. */
  builders: z.string(),
  substituters: z.array(z.string()),
  trustedPublicKeys: z.array(z.string()),
  theme: z.enum(["system", "light", "dark"]),
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
