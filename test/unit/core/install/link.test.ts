import { describe, expect, it } from "vitest";
import { cancelled } from "#contract/errors.ts";
import type { Announced, TargetAddress } from "#contract/targets.ts";
import type { Remote, RemoteSession } from "#core/ports/targets.ts";
import { linkTo, silent } from "../../../support/link-world.ts";

const bootId = "00000000-0000-4000-8000-000000000001";
const real = { host: "192.168.1.47", port: 22 };
const HANDSHAKE_MS = 15_000;

const liars = (count: number): TargetAddress[] =>
  Array.from({ length: count }, (_, at) => ({ host: `10.0.${at >> 8}.${at & 255}`, port: 22 }));
const announcement = (addresses: TargetAddress[]): Announced => ({
  name: "one",
  addresses,
  serial: null,
  runId: "run-1",
  target: null,
  system: "installer",
});

function session(onClose: () => void = () => undefined): RemoteSession {
  const files = { "/proc/sys/kernel/random/boot_id": bootId, "/etc/os-release": "VARIANT_ID=installer" };
  const stdout = Object.entries(files).map(([name, text]) => `== ${name}\n${text}\n`);
  const run = async () => ({ exitCode: 0, signal: null, stdout: stdout.join(""), stderr: "" });
  return { closed: new Promise(() => undefined), run, close: onClose };
}

/** Liars take a connection and are silent until whoever asks gives up; `rounds` counts how often that was. */
function network() {
  const state = { open: 0, most: 0, tried: new Map<string, number>() };
  const connect: Remote["connect"] = async ({ host }, _credentials, signal) => {
    state.tried.set(host, (state.tried.get(host) ?? 0) + 1);
    if (host === real.host) return session();
    state.open += 1;
    state.most = Math.max(state.most, state.open);
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
      setTimeout(resolve, 20);
    });
    state.open -= 1;
    throw signal.aborted ? cancelled("Connecting") : silent();
  };
  const rounds = () => Math.max(...state.tried.values());
  return { state, remote: { connect }, rounds };
}

describe("the way to a target of which a neighbour tells a thousand lies", () => {
  it("is found at once where the lies are one sender's: they do not stand before it", async () => {
    const { remote, state } = network();
    const { link, address } = linkTo(remote, () => [
      announcement(liars(8)),
      announcement([real]),
      ...liars(1000).map((one) => announcement([one])),
    ]);
    await link.connected(0);
    expect(address()).toEqual(real);
    expect(state.tried.get(real.host)).toBe(1);
  });

  it("is found in less than a minute where each lie has a sender of its own", async () => {
    const { remote, rounds } = network();
    const all = [...liars(199).map((one) => announcement([one])), announcement([real])];
    const { link, world, address } = linkTo(remote, () => all);
    await link.connected(60_000);
    expect(address()).toEqual(real);
    expect(rounds() * HANDSHAKE_MS + world.sleptMs).toBeLessThan(60_000);
  });

  it("is found though it comes late, between two rounds of lies", async () => {
    const { remote } = network();
    let announced = liars(1000).map((one) => announcement([one]));
    const { link, address, world } = linkTo(remote, () => announced);
    const found = link.connected(60_000);
    await expect.poll(() => world.sleptMs).toBeGreaterThan(0);
    announced = [announcement([real]), ...announced];
    await found;
    expect(address()).toEqual(real);
  });

  it("costs a bounded number of connections and of words in the log, and none are left", async () => {
    const { remote, state } = network();
    const { link, log, world } = linkTo(remote, () => liars(1000).map((one) => announcement([one])));
    await expect(link.connected(0)).rejects.toMatchObject({ code: "TARGET_UNREACHABLE" });
    expect(state).toMatchObject({ most: 128, open: 0 });
    expect(log).toHaveLength(5);
    expect(log.at(-1)).toBe("124 more addresses are not the machine either.");
    expect(world.attempts).toBe(5);
    expect(link.attempts()).toHaveLength(20);
  });

  it("is one way where the target answers at two addresses", async () => {
    let closed = 0;
    const connect = async () => session(() => (closed += 1));
    const { link } = linkTo({ connect }, () => [announcement([real, { ...real, host: "fe80::1%eth0" }])]);
    await link.connected(0);
    expect(closed).toBe(1);
  });
});
