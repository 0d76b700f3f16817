import { expect, it } from "vitest";
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
  heard.absorb(records(), "eth0", 0);
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
  announcements.absorb([...names.map(pointer), { type: "SRV", name: `sound.${SERVICE}`, ttl: 100 }], null, 0);
  const asked = announcements.questions(0).map(({ name }) => name);
  expect(new Set(asked)).toEqual(new Set([SUBTYPE, `sound.${SERVICE}`]));
});

it("asks for what is not known yet, and waits with the machine until it is", () => {
  const heard = createAnnouncements();
  const [address = expect.fail(), , text = expect.fail(), service = expect.fail(), pointer = expect.fail()] =
    records();
  heard.absorb([pointer], null, 0);
  expect(heard.questions(0).map(({ type }) => type)).toEqual(["PTR", "SRV", "TXT"]);
  heard.absorb([service, text], null, 0);
  expect(heard.questions(0).map(({ type }) => type)).toEqual(["PTR", "A", "AAAA"]);
  expect(heard.found(0)).toEqual([]);
  heard.absorb([address], null, 0);
  expect(heard.found(0)).toHaveLength(1);
});

it("leaves out a link-local address of which it does not know the network port", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), null, 0);
  expect(heard.found(0)[0]?.addresses).toEqual([{ host: "192.168.1.47", port: 22 }]);
});

it("forgets a machine that said goodbye, and one that was not heard for as long as it promised", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), null, 0);
  heard.absorb(records("other"), null, 0);
  heard.absorb(records("other", 0), null, 10);
  expect(heard.found(20).map(({ name }) => name)).toEqual(["floppy-del-00001"]);
  expect(heard.found(119_999)).toHaveLength(1);
  expect(heard.found(120_000)).toEqual([]);
});

it("takes another address for another host, not for one more", () => {
  const heard = createAnnouncements();
  heard.absorb(records(), null, 0);
  const instance = "floppy-del-00001._ssh._tcp.local";
  heard.absorb(
    [
      { type: "SRV", name: instance, ttl: 120, data: { target: "new.local", port: 2222 } },
      { type: "A", name: "new.local", ttl: 120, data: "10.0.0.2" },
    ],
    null,
    0,
  );
  expect(heard.found(0)[0]?.addresses).toEqual([{ host: "10.0.0.2", port: 2222 }]);
});

it("does not take in what others announce", () => {
  const heard = createAnnouncements();
  const others = records().map((record) =>
    record.type === "PTR" ? { ...record, name: "_ssh._tcp.local" } : record,
  );
  heard.absorb(others, null, 0);
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
  heard.absorb(records("one", 120, text), null, 0);
  expect(heard.found(0)[0]).toMatchObject({ serial: null, runId: null, target: null, system: null });
});

it("cleans and cuts the name", () => {
  const heard = createAnnouncements();
  heard.absorb(records(`\u001b[31mred\u202e ${"x".repeat(300)}`), null, 0);
  expect(heard.found(0)[0]?.name).toBe(`red ${"x".repeat(59)}`);
});

it("of thousands of machines, addresses and names it keeps a bounded number", () => {
  const heard = createAnnouncements();
  for (let count = 0; count < 5000; count += 1) heard.absorb(records(`machine-${count}`), null, 0);
  expect(heard.found(0)).toHaveLength(200);
  const more = Array.from({ length: 1000 }, (_, count) => ({
    type: "A",
    name: "machine-0.local",
    ttl: 120,
    data: `10.0.${count >> 8}.${count & 255}`,
  }));
  heard.absorb(more, null, 0);
  expect(heard.found(0).find(({ name }) => name === "machine-0")?.addresses).toHaveLength(8);
  const pointers = createAnnouncements();
  for (let count = 0; count < 5000; count += 1) pointers.absorb(records(`m-${count}`).slice(4), null, 0);
  expect(pointers.questions(0)).toHaveLength(30);
});

it.each([
  [{ type: "PTR", name: SUBTYPE, ttl: 1, data: { not: "a name" } }],
  [{ type: "PTR", name: SUBTYPE, ttl: 1, data: "elsewhere._http._tcp.local" }],
  [{ type: "SRV", name: "floppy-del-00001._ssh._tcp.local", ttl: 1, data: { target: 1, port: "x" } }],
  [{ type: "SRV", name: "floppy-del-00001._ssh._tcp.local", ttl: 1, data: { target: "h.local", port: 0 } }],
])("a malformed record changes nothing: %j", (record) => {
  const heard = createAnnouncements();
  heard.absorb(records(), null, 0);
  const before = heard.found(0);
  heard.absorb([record], null, 0);
  expect(heard.found(0)).toEqual(before);
});
