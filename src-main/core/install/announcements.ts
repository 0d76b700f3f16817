/** Who says on the network that it runs one of Floppy's systems. All of it is strangers' words. */
import { z } from "zod";
import type { Announced, TargetAddress } from "#contract/targets.ts";
import { readable } from "../text/readable.ts";

/** What is asked for: the instances of `ssh` that Floppy's systems announce. */
export const FLOPPY_SERVICE = "_floppy._sub._ssh._tcp.local";

/** More than any bench holds; whoever announces more is not listened to. */
const MOST_NAMES = 500;
const MOST_ADDRESSES = 8;
const LONGEST_LIFE_SECONDS = 4500;

type Until = { untilMs: number };
type Service = Until & { host: string; port: number };

/** What was heard and is still valid, by name. Names are compared as DNS does, without regard to case. */
export type Heard = {
  instances: ReadonlyMap<string, Until & { name: string }>;
  services: ReadonlyMap<string, Service>;
  texts: ReadonlyMap<string, Until & { entries: ReadonlyMap<string, string> }>;
  addresses: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

export const nothingHeard: Heard = {
  instances: new Map(),
  services: new Map(),
  texts: new Map(),
  addresses: new Map(),
};

const name = z.string().max(255);
const record = z.object({
  type: z.string(),
  name,
  ttl: z.number().nonnegative().catch(120),
  data: z.unknown(),
});
const service = z.object({ port: z.number().int().min(1).max(65535), target: name });
const chunks = z.array(z.union([z.instanceof(Uint8Array), z.string()])).max(32);

function withEntry<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value | null,
): Map<string, Value> {
  const next = new Map(map);
  if (value === null) next.delete(key);
  else if (next.has(key) || next.size < MOST_NAMES) next.set(key, value);
  return next;
}

function entriesOf(data: unknown): Map<string, string> {
  const parsed = chunks.safeParse(Array.isArray(data) ? data : [data]);
  const texts = (parsed.data ?? []).map((chunk) => Buffer.from(chunk).toString("utf8").slice(0, 255));
  return new Map(texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]));
}

function takeAddress(heard: Heard, host: string, address: string, untilMs: number | null): Heard {
  const known = new Map(heard.addresses.get(host));
  if (untilMs === null) known.delete(address);
  else if (known.has(address) || known.size < MOST_ADDRESSES) known.set(address, untilMs);
  return { ...heard, addresses: withEntry(heard.addresses, host, known) };
}

/** Takes one record of an answer; a life of nothing says goodbye. */
function takeRecord(heard: Heard, found: unknown, nowMs: number): Heard {
  const parsed = record.safeParse(found);
  if (!parsed.success) return heard;
  const { type, ttl, data } = parsed.data;
  const key = parsed.data.name.toLowerCase();
  const untilMs = ttl === 0 ? null : nowMs + Math.min(ttl, LONGEST_LIFE_SECONDS) * 1000;
  const alive = <Value>(value: Value): (Value & Until) | null =>
    untilMs === null ? null : { ...value, untilMs };
  if (type === "PTR" && key === FLOPPY_SERVICE && typeof data === "string" && data.length <= 255) {
    const instance = data.toLowerCase();
    return { ...heard, instances: withEntry(heard.instances, instance, alive({ name: data })) };
  }
  if (type === "SRV") {
    const { data: found } = service.safeParse(data);
    const value = found ? alive({ host: found.target.toLowerCase(), port: found.port }) : null;
    return { ...heard, services: withEntry(heard.services, key, value) };
  }
  if (type === "TXT")
    return { ...heard, texts: withEntry(heard.texts, key, alive({ entries: entriesOf(data) })) };
  const isAddress = (type === "A" || type === "AAAA") && typeof data === "string";
  return isAddress ? takeAddress(heard, key, data.slice(0, 64), untilMs) : heard;
}

export function takeRecords(heard: Heard, records: readonly unknown[], nowMs: number): Heard {
  return records.slice(0, MOST_NAMES).reduce<Heard>((all, one) => takeRecord(all, one, nowMs), heard);
}

/** Link-local IPv6 addresses say nothing without an interface; the others are tried, IPv4 first. */
function addressesOf(heard: Heard, { host, port }: Service, nowMs: number): TargetAddress[] {
  const all = [...(heard.addresses.get(host) ?? new Map<string, number>())];
  return all
    .filter(([address, untilMs]) => untilMs > nowMs && !/^fe80:/i.test(address))
    .map(([address]) => ({ host: readable(address, 64), port }))
    .toSorted((one, other) => Number(one.host.includes(":")) - Number(other.host.includes(":")));
}

/** A value of the announcement where it has the form that ours have. */
function wellFormed(entries: ReadonlyMap<string, string>, key: string, form: RegExp): string | null {
  const value = entries.get(key) ?? "";
  return form.test(value) ? value : null;
}

/** Everybody who is announced now, by name. */
export function announcedNow(heard: Heard, nowMs: number): Announced[] {
  const alive = [...heard.instances].filter(([, { untilMs }]) => untilMs > nowMs);
  return alive
    .flatMap(([key, instance]): Announced[] => {
      const found = heard.services.get(key);
      if (!found || found.untilMs <= nowMs) return [];
      const entries = heard.texts.get(key)?.entries ?? new Map<string, string>();
      const system = entries.get("system");
      return [
        {
          name: readable(instance.name.split("._ssh._tcp")[0] ?? "", 63),
          addresses: addressesOf(heard, found, nowMs),
          serial: wellFormed(entries, "serial", /^FLOPPY-[A-Z]{3}-\d{5}$/),
          runId: wellFormed(entries, "run", /^[A-Za-z0-9-]{1,64}$/),
          target: wellFormed(entries, "target", /^[a-z][a-z0-9-]{1,80}$/),
          system: system === "installer" || system === "device" ? system : null,
        },
      ];
    })
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

/** What still has to be asked: where an instance is, and by which address. */
export function openQuestions(heard: Heard): { name: string; type: "SRV" | "TXT" | "A" }[] {
  return [...heard.instances.keys()].flatMap((key) => {
    const found = heard.services.get(key);
    return [
      ...(found ? [] : [{ name: key, type: "SRV" as const }]),
      ...(heard.texts.has(key) ? [] : [{ name: key, type: "TXT" as const }]),
      ...(found && !heard.addresses.has(found.host) ? [{ name: found.host, type: "A" as const }] : []),
    ];
  });
}
