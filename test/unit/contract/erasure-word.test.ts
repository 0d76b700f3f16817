import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erasureWord, erasureWordPlace, isErasureWord } from "#contract/erasure-word.ts";

const drive = (path: string, serial: string | null) => ({ identity: { path, serial } });
const card = drive("/dev/sdb", "4C530001");

describe("the word that agrees to an erasure", () => {
  it("is the last four of the serial", () => {
    const word = erasureWord(card, [card, drive("/dev/sdc", "4C539999")]);
    expect(word).toEqual({ word: "0001", of: "serial" });
    expect(erasureWordPlace(word)).toBe("the last four of its serial");
  });

  it("is longer where another drive in sight ends alike", () => {
    const word = erasureWord(card, [card, drive("/dev/sdc", "4c520001")]);
    expect(word).toEqual({ word: "30001", of: "serial" });
    expect(erasureWordPlace(word)).toBe("the last 5 of its serial");
  });

  it.each([null, "", "  ", "4C5"])("is the drive's name where the serial is %j", (serial) => {
    expect(erasureWord(drive("/dev/sdb", serial), [card])).toEqual({ word: "sdb", of: "name" });
  });

  it("is the drive's name where another one in sight has the same serial", () => {
    expect(erasureWord(card, [card, drive("/dev/sdc", "4C530001")])).toEqual({ word: "sdb", of: "name" });
  });

  it("names a practice drive without its ending", () => {
    const practice = drive("/home/jo/practice-1.floppy-practice", null);
    expect(erasureWord(practice, [practice]).word).toBe("practice-1");
  });

  it("is never the same for two drives in sight", () => {
    const serials = fc.option(fc.string({ unit: fc.constantFrom("0", "1", "s", "d", "b"), maxLength: 8 }));
    const bench = fc
      .array(serials, { minLength: 2, maxLength: 8 })
      .map((all) => all.map((serial, index) => drive(`/dev/sd${String.fromCharCode(97 + index)}`, serial)));
    fc.assert(
      fc.property(bench, (drives) => {
        const words = drives.map((one) => erasureWord(one, drives).word.toLowerCase());
        expect(new Set(words).size).toBe(words.length);
      }),
    );
  });

  it("may be typed in either case, and nothing else will do", () => {
    const word = erasureWord(drive("/dev/sda", "S65ANX0T4187ab"), []);
    expect(isErasureWord(word, " 87AB\n")).toBe(true);
    for (const typed of ["", "7ab", "87ax", "S65ANX0T4187ab"]) expect(isErasureWord(word, typed)).toBe(false);
  });
});
