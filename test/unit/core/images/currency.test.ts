import { describe, expect, it } from "vitest";
import { readCurrency, refuseExpired, refuseOlder } from "#core/images/currency.ts";

const url = "https://images.example.org/images.json";
const good = { purpose: "floppy-images", serial: 7, expires: "2026-06-01T00:00:00.000Z" };
const read = (value: object) => readCurrency(url, JSON.stringify({ version: 1, images: [], ...value }));
const untrusted = (words: RegExp) =>
  expect.objectContaining({ code: "MANIFEST_UNTRUSTED", message: expect.stringMatching(words) });

describe("what a signed manifest says of its age", () => {
  it("is read with its purpose", () => {
    expect(read(good)).toEqual(good);
    expect(readCurrency(url, `\ufeff${JSON.stringify(good)}`)).toEqual(good);
  });

  it("is nothing in one of before", () => {
    expect(read({})).toBeNull();
  });

  it.each([
    ["another purpose", { ...good, purpose: "firmware" }, /another purpose: “firmware”/],
    ["another purpose, and nothing else", { purpose: "firmware" }, /another purpose/],
    ["a purpose that steers a terminal", { ...good, purpose: "\u001b[2Jx" }, /another purpose: “\[2Jx”/],
    ["no serial", { ...good, serial: undefined }, /not understood.*serial/],
    ["no expiry", { ...good, expires: undefined }, /not understood.*expires/],
    ["no purpose", { ...good, purpose: undefined }, /not understood.*purpose/],
    ["a purpose that is no word", { ...good, purpose: ["floppy-images"] }, /not understood.*purpose/],
    ["a serial that is text", { ...good, serial: "7" }, /not understood.*serial/],
    ["a serial of nothing", { ...good, serial: 0 }, /not understood.*serial/],
    ["a serial below nothing", { ...good, serial: -1 }, /not understood.*serial/],
    ["a serial that numbers cannot hold", { ...good, serial: 2 ** 60 }, /not understood.*serial/],
    ["an expiry that is no time", { ...good, expires: "never" }, /not understood.*expires/],
    ["an expiry that is nothing", { ...good, expires: null }, /not understood.*expires/],
  ])("is refused with %s", (_what, value, words) => {
    expect(() => read(value)).toThrow(untrusted(words));
  });
});

describe("a signed manifest", () => {
  const at = (time: string) => () =>
    refuseExpired(url, { ...good, purpose: "floppy-images" }, new Date(time));
  const current = { ...good, purpose: "floppy-images" as const };

  it("is good until it expires, and not from then on", () => {
    expect(at("2026-05-31T23:59:59.999Z")).not.toThrow();
    for (const time of ["2026-06-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z"])
      expect(at(time)).toThrow(
        expect.objectContaining({
          code: "MANIFEST_EXPIRED",
          message: expect.stringContaining("2026-06-01"),
          hint: expect.stringMatching(/new one.*clock/),
        }),
      );
  });

  it("is refused below the serial that was seen, and taken from it on", () => {
    for (const seen of [0, 6, 7]) expect(() => refuseOlder(url, current, seen)).not.toThrow();
    expect(() => refuseOlder(url, current, 8)).toThrow(
      expect.objectContaining({
        code: "MANIFEST_OLDER",
        details: { url, serial: 7, seen: 8 },
        hint: expect.stringContaining("--go-back-to 7"),
      }),
    );
  });

  it("that says nothing of its age is older than every one that does", () => {
    expect(() => refuseOlder(url, null, 0)).not.toThrow();
    expect(() => refuseExpired(url, null, new Date())).not.toThrow();
    expect(() => refuseOlder(url, null, 1)).toThrow(expect.objectContaining({ code: "MANIFEST_OLDER" }));
  });
});
