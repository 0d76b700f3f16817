import {
  type Catalog,
  type Host,
  listPairs,
  type Pair,
  type Role,
  refusal,
  targetName,
} from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";

export { listPairs, type Pair, refusal, targetName } from "#contract/catalog.ts";

const NOTHING_DONE = "Nothing was changed.";

function names(things: { name: string }[]): string {
  return things.map(({ name }) => name).join(", ");
}

function findHost(catalog: Catalog, name: string): Host | null {
  return catalog.hosts.find((host) => host.name === name) ?? null;
}

export function findHostByPrefix(catalog: Catalog, prefix: string): Host | null {
  return catalog.hosts.find((host) => host.prefix === prefix) ?? null;
}

function findRole(catalog: Catalog, name: string): Role | null {
  return catalog.roles.find((role) => role.name === name) ?? null;
}

/** The host and role of these names; throws ROLE_UNKNOWN, ROLE_UNSUITED, or INVALID_INPUT for the host. */
export function checkPair(catalog: Catalog, hostName: string, roleName: string): Pair {
  const host = findHost(catalog, hostName);
  if (!host) {
    throw new FloppyError(
      "INVALID_INPUT",
      `The catalog has no host “${hostName}”.`,
      `${NOTHING_DONE} Choose one of: ${names(catalog.hosts)}.`,
    );
  }
  const role = findRole(catalog, roleName);
  if (!role) {
    throw new FloppyError(
      "ROLE_UNKNOWN",
      `The catalog has no role “${roleName}”.`,
      `${NOTHING_DONE} Choose one of: ${names(catalog.roles)}.`,
    );
  }
  const reason = refusal(host, role);
  if (reason === null) return { host, role };
  const suited = listPairs(catalog).filter((pair) => pair.host === host);
  throw new FloppyError(
    "ROLE_UNSUITED",
    `${host.label} cannot take the role ${role.name}. ${reason}`,
    `${NOTHING_DONE} It can take: ${names(suited.map((pair) => pair.role))}.`,
    { host: host.name, role: role.name, reason },
  );
}

/** The pair of a target's name, as `raspberry-mainframe`; throws NIX_TARGET_UNKNOWN, or as `checkPair` does. */
export function parseTarget(catalog: Catalog, target: string): Pair {
  const named = listPairs(catalog).find((pair) => targetName(pair) === target);
  if (named) return named;
  // A host's name may hold a hyphen, and so be the start of another's: the longest one counts.
  const [host] = catalog.hosts
    .filter(({ name }) => target.startsWith(`${name}-`))
    .toSorted((one, other) => other.name.length - one.name.length);
  if (host) return checkPair(catalog, host.name, target.slice(host.name.length + 1));
  throw new FloppyError(
    "NIX_TARGET_UNKNOWN",
    `There is no target “${target}”.`,
    `${NOTHING_DONE} A target is HOST-ROLE: ${listPairs(catalog).map(targetName).join(", ")}.`,
  );
}
