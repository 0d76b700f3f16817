import type { RemoteInfo } from "node:dgram";
import { setTimeout as delay } from "node:timers/promises";
import { decode, encode } from "dns-packet";
import type { Announced } from "#contract/targets.ts";
import { type Announcements, createAnnouncements, type DnsRecord } from "#core/install/announcements.ts";
import type { Discovery } from "#core/ports/targets.ts";
import { openMulticast } from "./multicast.ts";

/** How long between two questions: often at first, for somebody waits. */
const firstPausesMs = [250, 500, 1000, 2000, 4000];
const PAUSE_MS = 10_000;
/** How often it is looked whether something changed, or ran out. */
const LOOK_MS = 200;
/** More messages than this between two looks are a flood, and not read: of one sender, and of all. */
const MESSAGES_OF_ONE = 40;
const MESSAGES = 400;

/** The targets that announce themselves by multicast DNS, on every network of this computer. */
export function createDiscovery(): Discovery {
  return {
    watch(listener) {
      const stop = new AbortController();
      void follow(listener, stop.signal);
      return () => stop.abort();
    },
  };
}

async function follow(listener: (found: Announced[]) => void, stop: AbortSignal): Promise<void> {
  const announcements = createAnnouncements();
  const heard = new Map<string, number>();
  let total = 0;
  const hear = (message: Buffer, { address }: RemoteInfo) => {
    const before = heard.get(address) ?? 0;
    if (before >= MESSAGES_OF_ONE || total >= MESSAGES) return;
    heard.set(address, before + 1);
    total += 1;
    take(announcements, message, address);
  };
  const networks = [openMulticast("udp4", hear), openMulticast("udp6", hear)];
  const pauses = firstPausesMs.values();
  let told = JSON.stringify([]);
  let askAt = 0;
  while (!stop.aborted) {
    if (performance.now() >= askAt) {
      const question = encode({
        type: "query",
        id: 0,
        questions: announcements.questions(performance.now()),
      });
      for (const network of networks) void network.send(question);
      askAt = performance.now() + (pauses.next().value ?? PAUSE_MS);
    }
    await delay(LOOK_MS, undefined, { signal: stop, ref: false }).catch(() => undefined);
    heard.clear();
    total = 0;
    const found = announcements.found(performance.now());
    const state = JSON.stringify(found);
    if (!stop.aborted && state !== told) listener(found);
    told = state;
  }
  for (const network of networks) network.close();
}

function take(announcements: Announcements, message: Buffer, sender: string): void {
  try {
    const { type, answers = [], additionals = [] } = decode(message);
    if (type !== "response") return;
    announcements.absorb([...answers, ...additionals] as DnsRecord[], sender, performance.now());
  } catch {
    // Somebody on this network sends what is no DNS: that is nobody whom Floppy looks for.
  }
}
