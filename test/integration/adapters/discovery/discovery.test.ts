import { afterEach, beforeEach, expect, it } from "vitest";
import { type DiscoveryBench, openDiscoveryBench, TARGET_ADDRESS } from "../../../support/discovery/bench.ts";

const identity = {
  hostname: "floppy-del-00001",
  serial: "FLOPPY-DEL-00001",
  runId: "b7a8e1f0-1c9e-4a53-9f0a-6a3c9f4b2d11",
  host: "dell",
  role: "dev",
};
const patience = { timeout: 20_000, interval: 50 };
let bench: DiscoveryBench;

beforeEach(async () => {
  bench = await openDiscoveryBench();
});

afterEach(() => bench.close());

it("finds a target that avahi announces, by IPv4 and by its link-local address", async () => {
  bench.plug();
  await bench.announce(identity, "installer");
  const station = await bench.watch();
  await expect
    .poll(() => station.latest, patience)
    .toEqual([
      {
        name: "floppy-del-00001",
        addresses: [
          { host: TARGET_ADDRESS, port: 22 },
          { host: expect.stringMatching(/^fe80::[0-9a-f:]+%eth0$/), port: 22 },
        ],
        serial: identity.serial,
        runId: identity.runId,
        target: "dell-dev",
        system: "installer",
      },
    ]);
});

it("hears a target that comes later, goes, and comes back as an installed device", async () => {
  bench.plug();
  const station = await bench.watch();
  const first = await bench.announce(identity, "installer");
  await expect.poll(() => station.latest[0]?.system, patience).toBe("installer");
  await first.goodbye();
  await expect.poll(() => station.latest, patience).toEqual([]);
  await bench.announce(identity, "device");
  await expect.poll(() => station.latest[0]?.system, patience).toBe("device");
});

it("finds nothing without a network, and looks on when a cable is plugged in, and plugged in again", async () => {
  const station = await bench.watch();
  bench.plug();
  const first = await bench.announce(identity, "installer");
  await expect.poll(() => station.latest[0]?.system, patience).toBe("installer");
  await first.die();
  bench.unplug();
  bench.plug();
  await bench.announce(identity, "device");
  await expect.poll(() => station.latest[0]?.system, patience).toBe("device");
});

it("announcements that mean harm are bounded, cleaned, and hide nobody who was there", async () => {
  bench.plug();
  await bench.announce(identity, "installer");
  const station = await bench.watch();
  await expect.poll(() => station.latest.length, patience).toBe(1);
  bench.noise();
  await expect.poll(() => station.latest.length, patience).toBeGreaterThanOrEqual(199);
  expect(station.latest.map(({ serial }) => serial)).toContain(identity.serial);
  expect(station.latest.find(({ name }) => name === "red")).toMatchObject({ serial: null });
  expect(JSON.stringify(station.latest)).not.toMatch(/\\u001b|\u202e|reboot/);
  expect(station.largest).toBeLessThan(300 * 1024 ** 2);
});

it("hears a target that comes after a neighbour has announced thousands", async () => {
  bench.plug();
  const station = await bench.watch();
  bench.noise();
  await expect.poll(() => station.latest.length, patience).toBeGreaterThanOrEqual(199);
  await bench.announce(identity, "installer");
  await expect.poll(() => station.latest.map(({ serial }) => serial), patience).toContain(identity.serial);
  expect(station.latest.length).toBeLessThanOrEqual(200);
});
