import { z } from "zod";
import { identityRules, ruled } from "./identity-rules.ts";

export const system = z.enum(["x86_64-linux", "aarch64-linux"]);
export type System = z.infer<typeof system>;

/** A device's identity carries both, and takes no others. */
const name = ruled(
  identityRules.name,
  "This is no name: up to 31 small letters, digits and hyphens, a letter first.",
);

/** A hardware profile. `medium` is what Floppy writes for it: a card it boots from, or an installer stick. */
export const host = z.object({
  name,
  label: z.string(),
  system,
  prefix: z.string().regex(/^[A-Z]{3}$/),
  medium: z.enum(["card", "stick"]),
  battery: z.boolean(),
});
export type Host = z.infer<typeof host>;

/** What a device is for. `refuses` maps a host's name to the reason why it cannot take this role. */
export const role = z.object({
  name,
  purpose: z.string(),
  desktop: z.string(),
  services: z.array(z.string()),
  hardware: z.string(),
  refuses: z.record(z.string(), z.string()),
});
export type Role = z.infer<typeof role>;

/** The output `floppy.catalog` of a flake. */
export const catalog = z.object({ hosts: z.array(host).min(1), roles: z.array(role).min(1) });
export type Catalog = z.infer<typeof catalog>;

/** Where the catalog in use came from; `reason` says why it is the checked-in copy. */
export const catalogSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("flake"), flake: z.string() }),
  z.object({ kind: z.literal("bundled"), reason: z.string() }),
]);
export type CatalogSource = z.infer<typeof catalogSource>;
