/** Where a drive is plugged in, as a person who stands before the hub finds it. */
import type { Drive } from "./drives.ts";

type Plugged = Pick<Drive, "key" | "name" | "port" | "identity">;

/** `USB 4.3.2` of a by-path name: port 2 of the hub on port 3 of the one on port 4; a reader's further slots by number. */
export function shortPort(port: string): string {
  const chain = /usb(?:v\d)?-\d+:([\d.]+):/.exec(port)?.[1];
  if (chain === undefined) return port;
  const unit = Number(/-scsi-\d+:\d+:\d+:(\d+)$/.exec(port)?.[1] ?? 0);
  return unit > 0 ? `USB ${chain} slot ${unit + 1}` : `USB ${chain}`;
}

/** The port of each drive by its key, in short where that tells it apart from the others; no entry for one without. */
export function portNames(drives: readonly Plugged[]): ReadonlyMap<string, string> {
  const ports = drives.flatMap(({ key, port }) => (port === null ? [] : [{ key, port }]));
  const shared = new Set(
    ports.flatMap(({ key, port }) =>
      ports.some((other) => other.key !== key && shortPort(other.port) === shortPort(port))
        ? [shortPort(port)]
        : [],
    ),
  );
  return new Map(
    ports.map(({ key, port }) => [key, shared.has(shortPort(port)) ? port : shortPort(port)] as const),
  );
}

const collator = new Intl.Collator("en", { numeric: true });

/** In the order of their ports, as they are on the hub; those without one after them, by name and path. */
export function byPort(one: Plugged, other: Plugged): number {
  if (one.port !== null && other.port !== null) return collator.compare(one.port, other.port);
  if (one.port !== null || other.port !== null) return one.port !== null ? -1 : 1;
  return collator.compare(one.name + one.identity.path, other.name + other.identity.path);
}
