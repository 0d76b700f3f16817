import { describe, expect, it } from "vitest";
import {
  longNameEntries,
  readLongName,
  shortName,
  typedShortName,
} from "../../../../src-main/writer/fat/names.ts";

const none = new Set<string>();

describe("a short name", () => {
  it.each([
    ["floppy", "FLOPPY     "],
    ["identity.json", "IDENTI~1JSO"],
    ["ssh_host_ed25519_key", "SSH_HO~1   "],
    ["ssh_host_ed25519_key.pub", "SSH_HO~1PUB"],
    ["config.txt", "CONFIG  TXT"],
    ["two.dots.txt", "TWODOT~1TXT"],
    ["plus+sign", "PLUS_S~1   "],
  ])("of %s is %s", (name, short) => {
    expect(shortName(name, none)).toBe(short);
  });

  it("is unlike those that are there", () => {
    const taken = new Set(Array.from({ length: 9 }, (_, index) => `IDENTI~${index + 1}JSO`));
    expect(shortName("identity.json", taken)).toBe("IDENT~10JSO");
    expect(shortName("floppy", new Set(["FLOPPY     "]))).toBe("FLOPPY~1   ");
  });

  it("is typed with a dot", () => {
    expect(typedShortName("IDENTI~1JSO")).toBe("IDENTI~1.JSO");
    expect(typedShortName("FLOPPY     ")).toBe("FLOPPY");
  });
});

describe("a long name", () => {
  it.each(["a", "thirteenchars", "fourteen-chars", "ssh_host_ed25519_key.pub", "ä €urö 🙂 name"])(
    "comes out of its entries again: %s",
    (name) => {
      const entries = longNameEntries(name, "SHORT      ");
      expect(entries).toHaveLength(Math.ceil(name.length / 13));
      expect(readLongName(entries, "SHORT      ")).toBe(name);
    },
  );

  it("is not read from entries that belong to another short name, or lie in another order", () => {
    const entries = longNameEntries("ssh_host_ed25519_key", "SSH_HO~1   ");
    expect(readLongName(entries, "SSH_HO~2   ")).toBeNull();
    expect(readLongName(entries.toReversed(), "SSH_HO~1   ")).toBeNull();
    expect(readLongName([], "SSH_HO~1   ")).toBeNull();
  });
});
