import { describe, expect, it } from "vitest";
import {
  announcedNow,
  FLOPPY_SERVICE,
  nothingHeard,
  openQuestions,
  takeRecords,
} from "#core/install/announcements.ts";

const instance = "floppy-del-00001._ssh._tcp.local";
const host = "floppy-del-00001.local";
const text = (...entries: string[]) => entries.map((entry) => Buffer.from(entry));
const pointer = { type: "PTR", name: FLOPPY_SERVICE, ttl: 120, data: instance };
const service = { type: "SRV", name: instance, ttl: 120, data: { port: 22, target: host } };
const words = {
  type: "TXT",
  name: instance,
  ttl: 120,
  data: text("serial=FLOPPY-DEL-00001", "run=run-1", "target=dell-dev", "system=installer"),
};
const address = { type: "A", name: host, ttl: 120, data: "192.168.1.47" };
const all = [pointer, service, words, address];
const announced = (records: unknown[], nowMs = 0) =>
  announcedNow(takeRecords(nothingHeard, records, 0), nowMs);

describe("an announced machine", () => {
  it("is told with who it says it is and where", () => {
    expect(announced(all)).toEqual([
      {
        name: "floppy-del-00001",
        addresses: [{ host: "192.168.1.47", port: 22 }],
        serial: "FLOPPY-DEL-00001",
        runId: "run-1",
        target: "dell-dev",
        system: "installer",
      },
    ]);
  });

  it("is not told before it is known where it is; that is asked for", () => {
    const heard = takeRecords(nothingHeard, [pointer], 0);
    expect(announcedNow(heard, 0)).toEqual([]);
    expect(openQuestions(heard)).toEqual([
      { name: instance, type: "SRV" },
      { name: instance, type: "TXT" },
    ]);
  });

  it("is gone when its time is over, and when it says goodbye", () => {
    expect(announced(all, 121_000)).toEqual([]);
    expect(announced([...all, { ...pointer, ttl: 0 }])).toEqual([]);
  });

  it("is tried by IPv4 first, and never by an address that needs an interface", () => {
    const more = [
      { ...address, type: "AAAA", data: "fd00::1" },
      { ...address, type: "AAAA", data: "fe80::1" },
    ];
    expect(
      announced([pointer, service, words, ...more, address])[0]?.addresses.map((one) => one.host),
    ).toEqual(["192.168.1.47", "fd00::1"]);
  });

  it("that says what ours would not say is told without it", () => {
    const hostile = {
      ...words,
      data: text("serial=$(reboot)", "run=../../x", "target=\u001b[2J", "system=root"),
    };
    expect(announced([pointer, service, hostile, address])[0]).toMatchObject({
      serial: null,
      runId: null,
      target: null,
      system: null,
    });
  });

  it("has a name that can be shown", () => {
    const data = "\u001b[2Jevil\u202e._ssh._tcp.local";
    const records = [{ ...pointer, data }, { ...service, name: data }, address];
    expect(announced(records)[0]?.name).toBe("[2Jevil");
  });
});

describe("a flood", () => {
  it("of machines is cut", () => {
    const many = Array.from({ length: 2000 }, (_, index) => {
      const data = `x${index}._ssh._tcp.local`;
      return [
        { ...pointer, data },
        { ...service, name: data },
      ];
    });
    const heard = many.reduce((before, records) => takeRecords(before, records, 0), nothingHeard);
    expect(announcedNow(heard, 0).length).toBe(500);
  });

  it("of addresses is cut", () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...address, data: `10.0.0.${index}` }));
    expect(announced([...all, ...many])[0]?.addresses).toHaveLength(8);
  });

  it.each([
    [null],
    [{}],
    [{ ...service, data: { port: -1, target: host } }],
    [{ ...service, name: "x".repeat(999) }],
  ])("of nonsense is nothing: %j", (nonsense) => {
    expect(announced([pointer, nonsense])).toEqual([]);
  });
});
