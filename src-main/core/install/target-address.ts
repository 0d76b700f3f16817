import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import type { TargetAddress } from "#contract/targets.ts";

/** What the target's screen shows as a QR code, or what a person reads from it and types. */
export type ParsedAddress = {
  address: TargetAddress;
  /** Whose machine it says it is; null where only an address was given. */
  serial: string | null;
  /** Of its host key, as `SHA256:…`. */
  fingerprint: string | null;
};

const SSH_PORT = 22;
const MAX_LENGTH = 512;
/** Scanners add line ends and control characters around what they read. */
const scannerNoise = /^[\p{C}\p{Z}\s]+|[\p{C}\p{Z}\s]+$/gu;
const link = /^ssh:\/\/([^/?#]*)\/?(?:\?([^#]*))?$/i;
const loginName = /^root@/;
const bracketed = /^\[([^\]]*)\](?::(.*))?$/;
const withPort = /^([^:]*)(?::([^:/]*))?$/;
const zoned = /^(.*?)%(?:25)?([\w.-]{1,15})$/;
const linkLocal = /^fe[89ab]/i;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const serialForm = /^[A-Z0-9-]{1,64}$/;
const fingerprintForm = /^SHA256:[A-Za-z0-9+/]{43}$/;
const ipv4 = z.ipv4();
const ipv6 = z.ipv6();

/** Reads the link that the target's screen shows, or an address or name with or without a port. */
export function parseTargetAddress(text: string): ParsedAddress {
  const given = text.replace(scannerNoise, "");
  if (given.length > MAX_LENGTH) throw refuse(given.slice(0, 40), "It is too long for an address.");
  const [, authority, query] = link.exec(given) ?? [];
  return {
    address: parseAuthority((authority ?? given).replace(loginName, ""), given),
    serial: parameter(query, "serial", serialForm, given),
    fingerprint: parameter(query, "fingerprint", fingerprintForm, given),
  };
}

function parseAuthority(authority: string, given: string): TargetAddress {
  if (isAddress6(authority)) return { host: address6(authority, given), port: SSH_PORT };
  const [, inBrackets, portAfter] = bracketed.exec(authority) ?? [];
  if (inBrackets !== undefined) {
    if (!isAddress6(inBrackets)) throw refuse(given, "Between the brackets is no IPv6 address.");
    return { host: address6(inBrackets, given), port: parsePort(portAfter, given) };
  }
  const [, host, port] = withPort.exec(authority) ?? [];
  if (!host || !isHost(host)) throw refuse(given, "It is no address and no name.");
  return { host: host.toLowerCase(), port: parsePort(port, given) };
}

/** An address or a name; what ends in a number is meant as an address, and must be one. */
function isHost(host: string): boolean {
  if (ipv4.safeParse(host).success) return true;
  const labels = host.replace(/\.$/, "").split(".");
  return host.length <= 253 && labels.every((one) => label.test(one)) && !/^\d+$/.test(labels.at(-1) ?? "");
}

function isAddress6(host: string): boolean {
  return ipv6.safeParse(zoned.exec(host)?.[1] ?? host).success;
}

function address6(host: string, given: string): string {
  const [, address = host, zone] = zoned.exec(host) ?? [];
  if (linkLocal.test(address) && zone === undefined) {
    throw refuse(given, "A link-local address needs the network port of this computer, as fe80::1%eth0.");
  }
  return zone === undefined ? address.toLowerCase() : `${address.toLowerCase()}%${zone}`;
}

function parsePort(port: string | undefined, given: string): number {
  if (port === undefined) return SSH_PORT;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65535) throw refuse(given, "Its port is not between 1 and 65535.");
  return number;
}

/** By hand: a form decoder would read the `+` of a fingerprint as a blank. */
function parameter(query: string | undefined, name: string, form: RegExp, given: string): string | null {
  const part = query?.split("&").find((one) => one.startsWith(`${name}=`));
  const value = part === undefined ? "" : decode(part.slice(name.length + 1));
  if (value === "") return null;
  if (!form.test(value)) throw refuse(given, `Its ${name} is damaged; scan it again.`);
  return value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refuse(given: string, reason: string): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    given === "" ? "No address was given." : `“${given}” cannot be reached. ${reason}`,
    "Type what the target's screen shows below “Address”, as 192.168.1.47, or scan its code.",
  );
}
