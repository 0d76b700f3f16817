import { z } from "zod";
import { oneLine } from "./harmless.ts";
import { identityRules, ruled } from "./identity-rules.ts";

export const system = z.enum(["x86_64-linux", "aarch64-linux"], {
  error: "must be x86_64-linux or aarch64-linux",
});
export type System = z.infer<typeof system>;

/** A device's identity carries both, and takes no others. */
const name = ruled(identityRules.name, "must be up to 31 small letters, digits and hyphens, a letter first");

/** What a flake says to people; it makes no lines of its own among ours. */
const told = z.string().transform(oneLine);

/** A hardware profile. `medium` is what Floppy writes for it: a card it boots from, or an installer stick. */
export const host = z.object({
  name,
  label: told,
  system,
  prefix: z.string().regex(/^[A-Z]{3}$/, "must be three capital letters"),
  medium: z.enum(["card", "stick"], { error: "must be card or stick" }),
  battery: z.boolean(),
});
export type Host = z.infer<typeof host>;

/** What a device is for. `refuses` maps a host's name to the reason why it cannot take this role. */
export const role = z.object({
  name,
  purpose: told,
  desktop: told,
  services: z.array(told),
  hardware: told,
  refuses: z.record(z.string(), told),
});
export type Role = z.infer<typeof role>;

type Hosts = { hosts: Host[]; roles: Role[] };

/** A host with a role it can take. */
export type Pair = { host: Host; role: Role };

/** Why the host cannot take the role, or null if it can. */
export function refusal(host: Host, role: Role): string | null {
  return Object.hasOwn(role.refuses, host.name) ? (role.refuses[host.name] ?? null) : null;
}

export function targetName({ host, role }: Pair): string {
  return `${host.name}-${role.name}`;
}

/** Every pair that no refusal rules out, in the catalog's order. */
export function listPairs({ hosts, roles }: Hosts): Pair[] {
  return hosts.flatMap((host) =>
    roles.filter((role) => refusal(host, role) === null).map((role) => ({ host, role })),
  );
}

/** What a flake and a manifest call the image of the stick that installs machines of a system. */
export function installerName(system: System): string {
  return `installer-${system.split("-")[0]}`;
}

/** Each thing that has the same key as one before it, with that one. */
function alike<Item>(items: Item[], keyOf: (item: Item) => string): { first: Item; second: Item }[] {
  const seen = new Map<string, Item>();
  return items.flatMap((second) => {
    const first = seen.get(keyOf(second));
    if (first === undefined) seen.set(keyOf(second), second);
    return first === undefined ? [] : [{ first, second }];
  });
}

const words = ({ host, role }: Pair) => `host ${host.name} with role ${role.name}`;

/** Where two things would go by one name: a serial, a target or an image must mean one of them. */
function ambiguities(catalog: Hosts): string[] {
  const { hosts, roles } = catalog;
  const installers = new Set(system.options.map(installerName));
  const pairs = listPairs(catalog);
  return [
    ...alike(hosts, (host) => host.name).map(({ first }) => `two hosts are called ${first.name}`),
    ...alike(hosts, (host) => host.prefix).map(
      ({ first, second }) =>
        `the hosts ${first.name} and ${second.name} both have the prefix ${first.prefix}`,
    ),
    ...alike(roles, (role) => role.name).map(({ first }) => `two roles are called ${first.name}`),
    ...alike(pairs, targetName)
      .filter(({ first, second }) => first.host.name !== second.host.name)
      .map(
        ({ first, second }) =>
          `${words(first)} and ${words(second)} are both the target ${targetName(first)}`,
      ),
    ...pairs
      .filter((pair) => pair.host.medium === "card" && installers.has(targetName(pair)))
      .map((pair) => `${words(pair)} has the image ${targetName(pair)}, which is the installer’s`),
  ];
}

/** The output `floppy.catalog` of a flake. */
export const catalog = z
  .object({
    hosts: z.array(host).min(1, "must not be empty"),
    roles: z.array(role).min(1, "must not be empty"),
  })
  .superRefine((value, context) => {
    for (const message of ambiguities(value)) context.addIssue({ code: "custom", message });
  });
export type Catalog = z.infer<typeof catalog>;

/**
 * Where the catalog that is shown came from; `reason` says why it is the checked-in copy. Whether anything may be
 * begun by it is told by the app's problems: CATALOG_UNREADABLE while it stands in for another one.
 */
export const catalogSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("flake"), flake: z.string() }),
  z.object({ kind: z.literal("bundled"), reason: z.string() }),
]);
export type CatalogSource = z.infer<typeof catalogSource>;
