import multicastDns, { type MulticastDNS } from "multicast-dns";
import { afterEach, describe, expect, it } from "vitest";
import { createDiscovery } from "#adapters/discovery/discovery.ts";
import type { Announced } from "#contract/targets.ts";
import { FLOPPY_SERVICE } from "#core/install/announcements.ts";

// On loopback alone, beside the port that a real network uses: nothing leaves this machine.
const place = { interface: "127.0.0.1", bind: "0.0.0.0", port: 15_353 };
const discovery = createDiscovery({ interfaces: () => ["127.0.0.1"], port: place.port });

let responder: MulticastDNS | null = null;
let stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
  responder?.destroy();
  responder = null;
});

const instance = "floppy-del-00001._ssh._tcp.local";

/** As avahi answers: the pointer alone, and the rest when it is asked for. */
function announce() {
  const own = multicastDns(place);
  responder = own;
  own.on("query", ({ questions = [] }) => {
    for (const { name, type } of questions) {
      if (name === FLOPPY_SERVICE && type === "PTR")
        own.respond([{ name, type: "PTR", ttl: 120, data: instance }]);
      if (name !== instance) continue;
      if (type === "SRV")
        own.respond({
          answers: [{ name, type: "SRV", ttl: 120, data: { port: 22, target: "laptop.local" } }],
          additionals: [{ name: "laptop.local", type: "A", ttl: 120, data: "127.0.0.1" }],
        });
      if (type === "TXT")
        own.respond([{ name, type: "TXT", ttl: 120, data: ["serial=FLOPPY-DEL-00001", "run=run-1"] }]);
    }
  });
  return own;
}

function until(ready: (found: Announced[]) => boolean): Promise<Announced[]> {
  return new Promise((resolve) => {
    stops.push(
      discovery.watch((found) => {
        if (ready(found)) resolve(found);
      }),
    );
  });
}

describe("discovery", () => {
  it("finds a machine that is announced, and asks for what it does not say by itself", async () => {
    announce();
    const [found] = await until(([first]) => first?.runId === "run-1" && first.addresses.length > 0);
    expect(found).toMatchObject({
      name: "floppy-del-00001",
      serial: "FLOPPY-DEL-00001",
      addresses: [{ host: "127.0.0.1", port: 22 }],
    });
  });

  it("tells whoever comes later at once, and of a goodbye", async () => {
    const own = announce();
    await until(([first]) => first?.runId === "run-1");
    await until((found) => found.length === 1);
    const gone = until((found) => found.length === 0);
    own.respond([{ name: FLOPPY_SERVICE, type: "PTR", ttl: 0, data: instance }]);
    await gone;
  });

  it("finds nobody where there is no such interface, and says nothing", async () => {
    const none = createDiscovery({ interfaces: () => ["203.0.113.1"], port: place.port });
    const told: Announced[][] = [];
    const stop = none.watch((found) => told.push(found));
    await new Promise(setImmediate);
    stop();
    expect(told).toEqual([]);
  });
});
