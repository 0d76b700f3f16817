import type { Announced, TargetAddress } from "#contract/targets.ts";
import { isLossy } from "#contract/utf8.ts";
import { type AnnouncedText, readAnnouncedText, readInstanceName } from "./announced-text.ts";
import { inTurns } from "./in-turns.ts";

/** What machines that Floppy set up announce themselves as: SSH, of our own subtype. */
export const SERVICE = "_ssh._tcp.local";
export const SUBTYPE = "_floppy._sub._ssh._tcp.local";

/** A record of multicast DNS, as far as it is of use here; `data` is whatever the network sent. */
export type DnsRecord = { type: string; name: string; ttl?: number | undefined; data?: unknown };
export type DnsQuestion = { type: "PTR" | "SRV" | "TXT" | "A" | "AAAA"; name: string };

export type Announcements = {
  /** Takes in one message. The sender is an address, with the network port that it came through where that is known. */
  absorb(records: readonly DnsRecord[], sender: string, nowMs: number): void;
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
/** By name. */
type Instances = Map<string, Instance>;
/** An instance, and how many the same sender announced before it. */
type Ranked = { instance: Instance; rank: number };

/**
 * Who is announced on this network: records with a time to live, put together to machines. What one sender says counts
 * for itself alone: it changes nothing of what another said, and whoever says much comes behind whoever says little.
 */
export function createAnnouncements(): Announcements {
  const senders = new Map<string, Instances>();
  const living = (nowMs: number): Ranked[] => {
    for (const [sender, own] of senders) {
      for (const [key, { pointer }] of own) if (pointer.expiresMs <= nowMs) own.delete(key);
      if (own.size === 0) senders.delete(sender);
    }
    const all = [...senders.values()].flatMap((own) =>
      [...own.values()].map((instance, rank) => ({ instance, rank })),
    );
    return all.sort((one, other) => one.rank - other.rank);
  };

  return {
    absorb(records, sender, nowMs) {
      const timed = <T>(value: T, record: DnsRecord): Timed<T> => ({
        value,
        expiresMs: nowMs + Math.min(record.ttl ?? 0, LONGEST_TTL_SECONDS) * 1000,
      });
      living(nowMs);
      const own: Instances = senders.get(sender) ?? new Map();
      // In this order: a record is only kept for an instance, and an address only for a service, that is known.
      for (const record of ofType(records, "PTR")) point(senders, own, record, timed(null, record));
      if (own.size === 0) return;
      senders.set(sender, own);
      for (const record of records) describe(own.get(key(record.name)), record, timed);
      const zone = sender.split("%")[1] ?? null;
      const byHost = Map.groupBy(own.values(), ({ service }) => service?.value.host ?? "");
      for (const record of records) locate(byHost.get(key(record.name)) ?? [], record, zone, timed);
    },

    found(nowMs) {
      const machines = living(nowMs).flatMap(({ instance, rank }) => {
        const machine = announced(instance, nowMs);
        return machine ? [{ machine, rank, heardMs: instance.pointer.expiresMs }] : [];
      });
      // Behind each other where they have one name: the one that was heard last first.
      machines.sort(
        (one, other) =>
          one.rank - other.rank ||
          one.machine.name.localeCompare(other.machine.name) ||
          other.heardMs - one.heardMs,
      );
      return merged(machines.map(({ machine }) => machine));
    },

    questions(nowMs) {
      const unknown = living(nowMs).flatMap(({ instance }) => missing(instance, nowMs));
      const askable = unknown.filter(({ name }) => isAskable(name));
      const all = [{ type: "PTR" as const, name: SUBTYPE }, ...askable];
      return [...new Map(all.map((one) => [`${one.type} ${key(one.name)}`, one])).values()].slice(
        0,
        QUESTIONS,
      );
    },
  };
}

/** One entry for what several senders say of the same machine, as it does itself by IPv4 and by IPv6. */
function merged(machines: Announced[]): Announced[] {
  const alike = Map.groupBy(machines, ({ addresses: _, ...said }) => JSON.stringify(said));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const lists = group.map(({ addresses }) => addresses).toSorted(byFirst);
    return first ? [{ ...first, addresses: inTurns(lists) }] : [];
  });
}

type Time = <T>(value: T, record: DnsRecord) => Timed<T>;

function point(
  senders: Map<string, Instances>,
  own: Instances,
  { name, data }: DnsRecord,
  pointer: Timed<null>,
): void {
  if (key(name) !== SUBTYPE || typeof data !== "string" || !key(data).endsWith(`.${SERVICE}`)) return;
  const known = own.get(key(data));
  if (known) known.pointer = pointer;
  else if (hasRoom([...senders.values()], own)) {
    own.set(key(data), { name: data, pointer, service: null, text: null, addresses: new Map() });
  }
}

/** Where all places are taken, whoever takes most gives way to whoever takes fewer. */
function hasRoom(all: Instances[], own: Instances): boolean {
  const others = all.filter((instances) => instances !== own);
  const taken = others.reduce((sum, { size }) => sum + size, own.size);
  if (taken < INSTANCES) return true;
  const largest = others.reduce((most, one) => (one.size > most.size ? one : most), own);
  const last = [...largest.keys()].at(-1);
  return largest !== own && last !== undefined && largest.delete(last);
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
  return [...addresses.keys()].sort(
    (one, other) => likelihood(one) - likelihood(other) || one.localeCompare(other),
  );
}

function likelihood(address: string): number {
  return (isLinkLocal(address) ? 2 : 0) + (address.includes(":") ? 1 : 0);
}

function byFirst([one]: TargetAddress[], [other]: TargetAddress[]): number {
  return likelihood(one?.host ?? "") - likelihood(other?.host ?? "");
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
