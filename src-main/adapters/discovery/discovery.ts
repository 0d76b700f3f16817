import { networkInterfaces } from "node:os";
import multicastDns, { type MulticastDNS } from "multicast-dns";
import type { Announced } from "#contract/targets.ts";
import {
  announcedNow,
  FLOPPY_SERVICE,
  type Heard,
  nothingHeard,
  openQuestions,
  takeRecords,
} from "#core/install/announcements.ts";
import type { Discovery } from "#core/ports.ts";

/** Between two questions to the network, and two looks at its interfaces. */
const ASK_MS = 3000;

export type DiscoveryOptions = {
  /** The addresses of the interfaces to ask on. */
  interfaces?: () => string[];
  port?: number;
};

function outsideAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
}

/** Asks by multicast DNS on every interface. Where there is none, or no multicast, nobody is found. */
function listen(
  { interfaces = outsideAddresses, port }: DiscoveryOptions,
  tell: (found: Announced[]) => void,
) {
  const sockets = new Map<string, MulticastDNS>();
  let heard: Heard = nothingHeard;
  let told = "[]";

  function show(): void {
    const found = announcedNow(heard, Date.now());
    const text = JSON.stringify(found);
    if (text === told) return;
    told = text;
    tell(found);
  }

  function open(address: string): void {
    const socket = multicastDns({ interface: address, bind: "0.0.0.0", ...(port !== undefined && { port }) });
    const drop = () => {
      sockets.delete(address);
      socket.destroy();
    };
    socket.on("error", drop);
    socket.on("warning", () => undefined);
    socket.on("response", ({ answers = [], additionals = [] }) => {
      heard = takeRecords(heard, [...answers, ...additionals], Date.now());
      const questions = openQuestions(heard).slice(0, 20);
      if (questions.length > 0) socket.query(questions, () => undefined);
      show();
    });
    sockets.set(address, socket);
  }

  function ask(): void {
    const addresses = interfaces();
    for (const [address, socket] of sockets) {
      if (addresses.includes(address)) continue;
      sockets.delete(address);
      socket.destroy();
    }
    for (const address of addresses) if (!sockets.has(address)) open(address);
    for (const socket of sockets.values())
      socket.query([{ name: FLOPPY_SERVICE, type: "PTR" }], () => undefined);
    // What was not renewed is gone.
    show();
  }

  ask();
  const timer = setInterval(ask, ASK_MS);
  return () => {
    clearInterval(timer);
    for (const socket of sockets.values()) socket.destroy();
    sockets.clear();
  };
}

/** One ear for all who listen; none while nobody does. */
export function createDiscovery(options: DiscoveryOptions = {}): Discovery {
  const listeners = new Set<(found: Announced[]) => void>();
  let latest: Announced[] = [];
  let stop: (() => void) | null = null;

  return {
    watch(listener) {
      listeners.add(listener);
      stop ??= listen(options, (found) => {
        latest = found;
        for (const one of listeners) one(found);
      });
      if (latest.length > 0) listener(latest);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
        latest = [];
      };
    },
  };
}
