import type { Catalog, Host } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import { identityRules } from "#contract/identity-rules.ts";
import { findHostByPrefix } from "./pairs.ts";

export type ParsedSerial = { serial: string; host: Host; hostname: string };

/** Barcode scanners add line ends, blanks and control characters around what they read. */
const scannerNoise = /^[\p{C}\p{Z}\s]+|[\p{C}\p{Z}\s]+$/gu;
const form = new RegExp(`^${identityRules.serial.pattern}$`);

function refuse(text: string, message: string, catalog: Catalog): FloppyError {
  const prefixes = catalog.hosts.map((host) => `${host.prefix} (${host.label})`).join(", ");
  const example = `FLOPPY-${catalog.hosts[0]?.prefix ?? "RPI"}-00001`;
  return new FloppyError(
    "SERIAL_INVALID",
    message,
    `Nothing was changed. A serial is FLOPPY, a prefix and five digits, as ${example}. Prefixes: ${prefixes}.`,
    { text },
  );
}

/** The serial in a typed or scanned text, whether there is such a host or not. */
export function readSerial(text: string): string {
  return text.replace(scannerNoise, "").toUpperCase();
}

/** What a typed or scanned text says: the device's serial, its host, and the hostname made of them. */
export function parseSerial(catalog: Catalog, text: string): ParsedSerial {
  const serial = readSerial(text);
  const [, prefix] = form.test(serial) ? serial.split("-") : [];
  if (!prefix) throw refuse(text, `“${serial}” is no device serial.`, catalog);
  const host = findHostByPrefix(catalog, prefix);
  if (!host) throw refuse(text, `No host has the serial prefix ${prefix}.`, catalog);
  return { serial, host, hostname: serial.toLowerCase() };
}
