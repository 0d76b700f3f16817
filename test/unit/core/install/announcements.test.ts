import { expect, it } from "vitest";
import type { Announced } from "#contract/targets.ts";
import { createAnnouncements, type DnsRecord, SERVICE, SUBTYPE } from "#core/install/announcements.ts";

const texts = ["serial=FLOPPY-DEL-00001", "run=run-1", "target=dell-dev", "system=installer"];

function records(name = "floppy-del-00001", ttl = 120, text = texts): DnsRecord[] {
  const instance = `${name}._ssh._tcp.local`;
  return [
    { type: "A", name: `${name}.local`, ttl, data: "192.168.1.47" },
    { type: "AAAA", name: `${name}.local`, ttl, data: "fe80::1" },
    { type: "TXT", name: instance, ttl, data: text.map((entry) => Buffer.from(entry)) },
    { type: "SRV", name: instance, ttl, data: { target: `${name}.local`, port: 22 } },
    { type: "PTR", name: SUBTYPE, ttl: ttl && 4500, data: instance },
  ];
}

it("puts the records of one message together, in whatever order they come", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), "fe80::2%eth0", 0);
  expect(heard.found(0)).toEqual([
    {
      name: "floppy-del-00001",
      addresses: [
        { host: "192.168.1.47", port: 22 },
        { host: "fe80::1%eth0", port: 22 },
      ],
      serial: "FLOPPY-DEL-00001",
      runId: "run-1",
      target: "dell-dev",
      system: "installer",
    },
  ]);
  expect(heard.questions(0)).toEqual([{ type: "PTR", name: SUBTYPE }]);
});

it("asks for nobody by a name that would spoil the questions about the others", () => {
  const announcements = createAnnouncements();
  const pointer = (data: string) => ({ type: "PTR", name: SUBTYPE, ttl: 100, data });
  const names = ["\ufffd", "ü".repeat(40), "sound"].map((name) => `${name}.${SERVICE}`);
  announcements.absorb(
    [...names.map(pointer), { type: "SRV", name: `sound.${SERVICE}`, ttl: 100 }],
    "192.168.1.47",
    0,
  );
  const asked = announcements.questions(0).map(({ name }) => name);
  expect(new Set(asked)).toEqual(new Set([SUBTYPE, `sound.${SERVICE}`]));
});

it("asks for what is not known yet, and waits with the machine until it is", () => {
  const heard = createAnnouncements();
  const [address = expect.fail(), , text = expect.fail(), service = expect.fail(), pointer = expect.fail()] =
    records();
  heard.absorb([pointer], "192.168.1.47", 0);
  expect(heard.questions(0).map(({ type }) => type)).toEqual(["PTR", "SRV", "TXT"]);
  heard.absorb([service, text], "192.168.1.47", 0);
  expect(heard.questions(0).map(({ type }) => type)).toEqual(["PTR", "A", "AAAA"]);
  expect(heard.found(0)).toEqual([]);
  heard.absorb([address], "192.168.1.47", 0);
  expect(heard.found(0)).toHaveLength(1);
});

it("leaves out a link-local address of which it does not know the network port", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), "192.168.1.47", 0);
  expect(heard.found(0)[0]?.addresses).toEqual([{ host: "192.168.1.47", port: 22 }]);
});

it("forgets a machine that said goodbye, and one that was not heard for as long as it promised", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), "192.168.1.47", 0);
  heard.absorb(records("other"), "192.168.1.47", 0);
  heard.absorb(records("other", 0), "192.168.1.47", 10);
  expect(heard.found(20).map(({ name }) => name)).toEqual(["floppy-del-00001"]);
  expect(heard.found(119_999)).toHaveLength(1);
  expect(heard.found(120_000)).toEqual([]);
});

it("takes another address for another host, not for one more", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), "192.168.1.47", 0);
  const instance = "floppy-del-00001._ssh._tcp.local";
  heard.absorb(
    [
      { type: "SRV", name: instance, ttl: 120, data: { target: "new.local", port: 2222 } },
      { type: "A", name: "new.local", ttl: 120, data: "10.0.0.2" },
    ],
    "192.168.1.47",
    0,
  );
  expect(heard.found(0)[0]?.addresses).toEqual([{ host: "10.0.0.2", port: 2222 }]);
});

it("does not take in what others announce", () => {
  const heard = createAnnouncements();
  const others = records().map((record) =>
    record.type === "PTR" ? { ...record, name: "_ssh._tcp.local" } : record,
  );
  heard.absorb(others, "192.168.1.47", 0);
  expect(heard.found(0)).toEqual([]);
  expect(heard.questions(0)).toHaveLength(1);
});

it.each([
  [["serial=$(reboot)", "run=\u001b[31m", "target=../x", "system=root"]],
  [["serial=", "run", "=x", ""]],
  [[`serial=${"A".repeat(65)}`]],
  [[...Array.from({ length: 5000 }, () => "x=y"), "serial=FLOPPY-DEL-00001"]],
])("a text that is malformed says nothing: %j", (text) => {
  const heard = createAnnouncements();
  heard.absorb(records("one", 120, text), "192.168.1.47", 0);
  expect(heard.found(0)[0]).toMatchObject({ serial: null, runId: null, target: null, system: null });
});

it("cleans and cuts the name", () => {
  const heard = createAnnouncements();
  heard.absorb(records(`\u001b[31mred\u202e ${"x".repeat(300)}`), "192.168.1.47", 0);
  expect(heard.found(0)[0]?.name).toBe(`red ${"x".repeat(59)}`);
});

it("of thousands of machines, addresses and names it keeps a bounded number", () => {
  const heard = createAnnouncements();
  for (let count = 0; count < 5000; count += 1) heard.absorb(records(`machine-${count}`), "192.168.1.47", 0);
  expect(heard.found(0)).toHaveLength(200);
  const more = Array.from({ length: 1000 }, (_, count) => ({
    type: "A",
    name: "machine-0.local",
    ttl: 120,
    data: `10.0.${count >> 8}.${count & 255}`,
  }));
  heard.absorb(more, "192.168.1.47", 0);
  expect(heard.found(0).find(({ name }) => name === "machine-0")?.addresses).toHaveLength(8);
  const pointers = createAnnouncements();
  for (let count = 0; count < 5000; count += 1)
    pointers.absorb(records(`m-${count}`).slice(4), "192.168.1.47", 0);
  expect(pointers.questions(0)).toHaveLength(30);
});

it.each([
  [{ type: "PTR", name: SUBTYPE, ttl: 1, data: { not: "a name" } }],
  [{ type: "PTR", name: SUBTYPE, ttl: 1, data: "elsewhere._http._tcp.local" }],
  [{ type: "SRV", name: "floppy-del-00001._ssh._tcp.local", ttl: 1, data: { target: 1, port: "x" } }],
  [{ type: "SRV", name: "floppy-del-00001._ssh._tcp.local", ttl: 1, data: { target: "h.local", port: 0 } }],
])("a malformed record changes nothing: %j", (record) => {
  const heard = createAnnouncements();
  heard.absorb(records(), "192.168.1.47", 0);
  const before = heard.found(0);
  heard.absorb([record], "192.168.1.47", 0);
  expect(heard.found(0)).toEqual(before);
});

/** A neighbour's lie about this run, by a name and an address of its own. */
function lie(at: number, name = `liar-${at}`): DnsRecord[] {
  const instance = `${name}.${SERVICE}`;
  return [
    { type: "PTR", name: SUBTYPE, ttl: 4500, data: instance },
    { type: "SRV", name: instance, ttl: 4500, data: { target: `${name}.lies.local`, port: 22 } },
    { type: "TXT", name: instance, ttl: 4500, data: texts.map((entry) => Buffer.from(entry)) },
    ...Array.from({ length: 8 }, (_, more) => ({
      type: "A",
      name: `${name}.lies.local`,
      ttl: 4500,
      data: `10.${more}.${at >> 8}.${at & 255}`,
    })),
  ];
}
const addressOf = ({ addresses }: Announced) => addresses[0]?.host;

it("lets a machine in that comes after a neighbour's thousand lies, and before all but one of them", () => {
  const heard = createAnnouncements();
  for (let at = 0; at < 1000; at += 1) heard.absorb(lie(at), "192.168.1.66", 0);
  heard.absorb(records(), "192.168.1.47", 0);
  const found = heard.found(0);
  expect(found).toHaveLength(200);
  expect(found.slice(0, 2).map(addressOf)).toContain("192.168.1.47");
  for (let at = 1000; at < 2000; at += 1) heard.absorb(lie(at), "192.168.1.66", 0);
  expect(heard.found(0).slice(0, 2).map(addressOf)).toContain("192.168.1.47");
});

it("asks first for what a machine leaves unsaid of which a neighbour's lies leave more unsaid", () => {
  const heard = createAnnouncements();
  for (let at = 0; at < 1000; at += 1) heard.absorb(lie(at).slice(0, 1), "192.168.1.66", 0);
  heard.absorb(records().slice(4), "192.168.1.47", 0);
  const names = heard.questions(0).map(({ name }) => name);
  expect(names).toContain("floppy-del-00001._ssh._tcp.local");
});

it("does not take a neighbour's word for where another machine is", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), "192.168.1.47", 0);
  for (let at = 0; at < 100; at += 1) heard.absorb(lie(at, "floppy-del-00001"), `192.168.2.${at}`, 0);
  heard.absorb(
    [{ type: "PTR", name: SUBTYPE, ttl: 0, data: `floppy-del-00001.${SERVICE}` }],
    "192.168.1.66",
    0,
  );
  const [one = expect.fail()] = heard.found(0);
  expect(one.addresses.slice(0, 101).map(({ host }) => host)).toContain("192.168.1.47");
});

it("tells one machine that speaks by IPv4 and IPv6 once, with the addresses of both", () => {
  const heard = createAnnouncements();
  const byIpv6 = records().filter(({ type }) => type !== "A");
  heard.absorb(byIpv6, "fe80::1%eth0", 0);
  heard.absorb(records(), "192.168.1.47", 0);
  expect(heard.found(0)).toMatchObject([
    {
      addresses: [
        { host: "192.168.1.47", port: 22 },
        { host: "fe80::1%eth0", port: 22 },
      ],
    },
  ]);
});
