/** Where a target is, as a person types it or a telephone reads it off its screen. */
import { FloppyError } from "#contract/errors.ts";
import type { TargetAddress } from "#contract/targets.ts";

export type Aimed = { address: TargetAddress; serial: string | null; fingerprint: string | null };

const SSH_PORT = 22;
const IPV6 = /^[0-9a-f:]+:[0-9a-f:.]*(%[A-Za-z0-9._-]+)?$/i;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i;

function notAnAddress(text: string): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    `“${text.slice(0, 80)}” is no address.`,
    "Nothing was tried. Type what the machine’s screen shows, as 192.168.1.47, or its name, as floppy-del-00001.local.",
  );
}

function portOf(text: string | undefined): number | null {
  if (text === undefined) return SSH_PORT;
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65535 ? port : null;
}

function parsePlace(text: string): TargetAddress | null {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text);
  if (bracketed?.[1]) {
    const port = portOf(bracketed[2]);
    return port !== null && IPV6.test(bracketed[1]) ? { host: bracketed[1], port } : null;
  }
  if (IPV6.test(text)) return { host: text, port: SSH_PORT };
  const [host = "", given, ...rest] = text.split(":");
  const port = portOf(given);
  const looksNumeric = /^[\d.]+$/.test(host);
  const isNumber =
    host.split(".").length === 4 && host.split(".").every((part) => /^\d+$/.test(part) && Number(part) < 256);
  if (rest.length > 0 || port === null || !HOST.test(host) || (looksNumeric && !isNumber)) return null;
  return { host, port };
}

/** `ssh://root@HOST?serial=…&fingerprint=…`, as the machine's QR code says it. */
function parseLink(text: string): { place: string; query: URLSearchParams } {
  const rest = text.slice("ssh://".length);
  const [place = "", query = ""] = rest.split("?", 2);
  return { place: place.slice(place.indexOf("@") + 1).replace(/\/$/, ""), query: new URLSearchParams(query) };
}

/** Throws INVALID_INPUT where it is none. */
export function parseTargetAddress(text: string): Aimed {
  const trimmed = text.trim();
  const isLink = /^ssh:\/\//i.test(trimmed);
  const { place, query } = isLink ? parseLink(trimmed) : { place: trimmed, query: new URLSearchParams() };
  const address = parsePlace(place.slice(place.indexOf("@") + 1));
  if (!address) throw notAnAddress(trimmed);
  // The fingerprint's base64 has pluses, which a query would read as blanks.
  const fingerprint = query.get("fingerprint")?.replaceAll(" ", "+") ?? null;
  return { address, serial: query.get("serial"), fingerprint };
}
