import type { Announced } from "#contract/targets.ts";
import { isLossy } from "#contract/utf8.ts";
import { type AnnouncedText, readAnnouncedText, readInstanceName } from "./announced-text.ts";

/** What machines that Floppy set up announce themselves as: SSH, of our own subtype. */
export const SERVICE = "_ssh._tcp.local";
export const SUBTYPE = "_floppy._sub._ssh._tcp.local";

/** A record of multicast DNS, as far as it is of use here; `data` is whatever the network sent. */
export type DnsRecord = { type: string; name: string; ttl?: number | undefined; data?: unknown };
export type DnsQuestion = { type: "PTR" | "SRV" | "TXT" | "A" | "AAAA"; name: string };

export type Announcements = {
  /** Takes in one message. The zone is the network port that it came through, where that is known. */
  absorb(records: readonly DnsRecord[], zone: string | null, nowMs: number): void;
  found(nowMs: number): Announced[];
  /** What to ask the network: who is there, and what is not known of them yet. */
  questions(nowMs: number): DnsQuestion[];
};

/** A bench has forty devices; whoever announces more than this means harm. */
const INSTANCES = 200;
const ADDRESSES = 8;
const QUESTIONS = 30;
const LONGEST_TTL_SECONDS = 4500;

type Timed<T> = { value: T; expiresMs: number };
type Service = { host: string; port: number };
type Instance = {
  name: string;
  pointer: Timed<null>;
  service: Timed<Service> | null;
  text: Timed<AnnouncedText> | null;
  addresses: Map<string, Timed<string>>;
};

/** Who is announced on this network: records with a time to live, put together to machines. */
export function createAnnouncements(): Announcements {
  const instances = new Map<string, Instance>();
  const living = (nowMs: number) => {
    for (const [key, { pointer }] of instances) if (pointer.expiresMs <= nowMs) instances.delete(key);
    return [...instances.values()];
  };

  return {
    absorb(records, zone, nowMs) {
      const timed = <T>(value: T, record: DnsRecord): Timed<T> => ({
        value,
        expiresMs: nowMs + Math.min(record.ttl ?? 0, LONGEST_TTL_SECONDS) * 1000,
      });
      living(nowMs);
      // In this order: a record is only kept for an instance, and an address only for a service, that is known.
      for (const record of ofType(records, "PTR")) point(instances, record, timed(null, record));
      for (const record of records) describe(instances.get(key(record.name)), record, timed);
      const byHost = Map.groupBy(instances.values(), ({ service }) => service?.value.host ?? "");
      for (const record of records) locate(byHost.get(key(record.name)) ?? [], record, zone, timed);
    },

    found: (nowMs) =>
      living(nowMs)
        .map((instance) => announced(instance, nowMs))
        .filter((one) => one !== null)
        .sort((one, other) => one.name.localeCompare(other.name)),

    questions(nowMs) {
      const unknown = living(nowMs).flatMap((instance) => missing(instance, nowMs));
      const askable = unknown.filter(({ name }) => isAskable(name));
      return [{ type: "PTR" as const, name: SUBTYPE }, ...askable].slice(0, QUESTIONS);
    },
  };
}

type Time = <T>(value: T, record: DnsRecord) => Timed<T>;

function point(instances: Map<string, Instance>, { name, data }: DnsRecord, pointer: Timed<null>): void {
  if (key(name) !== SUBTYPE || typeof data !== "string" || !key(data).endsWith(`.${SERVICE}`)) return;
  const known = instances.get(key(data));
  if (known) known.pointer = pointer;
  else if (instances.size < INSTANCES) {
    instances.set(key(data), { name: data, pointer, service: null, text: null, addresses: new Map() });
  }
}

function describe(instance: Instance | undefined, record: DnsRecord, timed: Time): void {
  if (!instance) return;
  if (record.type === "TXT") instance.text = timed(readAnnouncedText(record.data), record);
  if (record.type !== "SRV") return;
  const { target, port } = (record.data ?? {}) as { target?: unknown; port?: unknown };
  if (typeof target !== "string" || typeof port !== "number" || port === 0) return;
  if (instance.service?.value.host !== key(target)) instance.addresses.clear();
  instance.service = timed({ host: key(target), port }, record);
}

function locate(instances: Instance[], record: DnsRecord, zone: string | null, timed: Time): void {
  if ((record.type !== "A" && record.type !== "AAAA") || typeof record.data !== "string") return;
  const address = zoned(record.data, zone);
  if (address === null) return;
  for (const { addresses } of instances) {
    if (addresses.has(address) || addresses.size < ADDRESSES) addresses.set(address, timed(address, record));
  }
}

function announced(instance: Instance, nowMs: number): Announced | null {
  const service = current(instance.service, nowMs);
  const hosts = currentAddresses(instance, nowMs);
  if (service === null || hosts.length === 0) return null;
  return {
    name: readInstanceName(instance.name, SERVICE),
    addresses: hosts.map((host) => ({ host, port: service.port })),
    ...(current(instance.text, nowMs) ?? readAnnouncedText(null)),
  };
}

function missing(instance: Instance, nowMs: number): DnsQuestion[] {
  const { name } = instance;
  const service = current(instance.service, nowMs);
  const about: DnsQuestion[] = [];
  if (service === null) about.push({ type: "SRV", name });
  if (current(instance.text, nowMs) === null) about.push({ type: "TXT", name });
  if (service !== null && currentAddresses(instance, nowMs).length === 0) {
    about.push({ type: "A", name: service.host }, { type: "AAAA", name: service.host });
  }
  return about;
}

/** IPv4 first, link-local last: in the order in which they are likely to work. */
function currentAddresses({ addresses }: Instance, nowMs: number): string[] {
  for (const [address, { expiresMs }] of addresses) if (expiresMs <= nowMs) addresses.delete(address);
  const rank = (address: string) => (isLinkLocal(address) ? 2 : 0) + (address.includes(":") ? 1 : 0);
  return [...addresses.keys()].sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

/** A link-local address is of use only with the network port behind which it is. */
function zoned(address: string, zone: string | null): string | null {
  if (!isLinkLocal(address) || !address.includes(":")) return address;
  return zone === null ? null : `${address}%${zone}`;
}

function isLinkLocal(address: string): boolean {
  return /^(?:fe[89ab]|169\.254\.)/i.test(address);
}

function current<T>(timed: Timed<T> | null, nowMs: number): T | null {
  return timed !== null && timed.expiresMs > nowMs ? timed.value : null;
}

function ofType(records: readonly DnsRecord[], type: string): DnsRecord[] {
  return records.filter((record) => record.type === type);
}

/** A name that can be asked for: one that is too long or no text would spoil the questions about all the others. */
function isAskable(name: string): boolean {
  if (isLossy(name)) return false;
  return name.split(".").every((label) => new TextEncoder().encode(label).length <= 63);
}

/** Names are compared without regard to case. */
function key(name: string): string {
  return name.toLowerCase();
}
