import { describe, expect, it } from "vitest";
import { currencyOf, entryOf, manifestOf, targetOf } from "#core/images/publish.ts";
import { fakeInspection } from "../../../support/fake-ports.ts";

const read = fakeInspection({ fileBytes: 7, contentHash: "0123456789abcdef" });
const publication = { url: "https://images.example.org/fleet", builtFrom: null };

describe("a published image", () => {
  it.each([
    ["raspberry-robot.img.zst", "raspberry-robot"],
    ["floppy-raspberry-robot.img", "raspberry-robot"],
    ["installer-x86_64.iso", "installer-x86_64"],
  ])("is for the target that its name says: %s", (name, target) => {
    expect(targetOf(name)).toBe(target);
  });

  it("lies under its own name at the address of its folder, with or without a slash", () => {
    const urls = ["https://images.example.org/fleet/raspberry-robot.img"];
    expect(entryOf("raspberry-robot.img", read, publication)).toMatchObject({
      urls,
      fileBytes: 7,
      sha256: read.sha256,
    });
    const slash = { ...publication, url: `${publication.url}/` };
    expect(entryOf("raspberry-robot.img", read, slash)).toMatchObject({ urls });
  });

  it("lies in its folder where the address goes on behind that, and under a name that means something in one", () => {
    const signed = { ...publication, url: `${publication.url}?key=a/b#top` };
    expect(entryOf("floppy 100% #1?.img", read, signed).urls).toEqual([
      "https://images.example.org/fleet/floppy%20100%25%20%231%3F.img?key=a/b",
    ]);
  });

  it("says what it holds, so that it can be written while it is downloaded", () => {
    const { format, sizeBytes, contentHash, firmware } = read;
    expect(entryOf("dell-dev.img", read, publication).content).toEqual({
      format,
      sizeBytes,
      contentHash,
      firmware,
    });
    // An older Floppy read it, and did not hash what it unpacked.
    const { contentHash: _, ...older } = read;
    expect(entryOf("dell-dev.img", older, publication)).not.toHaveProperty("content");
  });

  it("says what it was built from where that is known", () => {
    expect(entryOf("dell-dev.img", read, publication)).not.toHaveProperty("builtFrom");
    expect(entryOf("dell-dev.img", read, { ...publication, builtFrom: "3f2a" })).toMatchObject({
      builtFrom: "3f2a",
    });
  });
});

describe("a manifest that no bench would take is not made", () => {
  const refusal = (names: string[], url = publication.url) => {
    const images = names.map((name) => entryOf(name, read, { ...publication, url }));
    return expect(() => manifestOf(images));
  };

  it("two files for one target", () => {
    refusal(["dell-dev.img", "dell-dev.img.zst"]).toThrow("A target is named twice.");
  });
  it("an address that is not https", () => {
    refusal(["dell-dev.img"], "http://images.example.org").toThrow(/dell-dev\.img: .*https/);
  });
  it("a name that is no target", () => {
    refusal(["Raspberry Pi OS.img"]).toThrow(/Raspberry Pi OS\.img: /);
  });
});

describe("the age of a published manifest", () => {
  const now = new Date("2026-03-02T09:00:00.000Z");
  const seconds = now.getTime() / 1000;
  const refused = expect.objectContaining({ code: "INVALID_INPUT" });

  it("is told by the time, and by ninety days from then on", () => {
    expect(currencyOf({}, null, now)).toEqual({
      purpose: "floppy-images",
      serial: seconds,
      expires: "2026-05-31T09:00:00.000Z",
    });
  });

  it("is a later one than that of the manifest before, whatever the clock says", () => {
    expect(currencyOf({}, 5, now).serial).toBe(seconds);
    expect(currencyOf({}, seconds, now).serial).toBe(seconds + 1);
    expect(currencyOf({}, seconds + 1000, now).serial).toBe(seconds + 1001);
  });

  it("may be named", () => {
    expect(currencyOf({ serial: 8, days: 1 }, 7, now)).toMatchObject({
      serial: 8,
      expires: "2026-03-03T09:00:00.000Z",
    });
    expect(currencyOf({ serial: 7 }, 7, now).serial).toBe(7);
  });

  it.each([
    ["a serial that benches would refuse", { serial: 6 }],
    ["a serial that is none", { serial: 0 }],
    ["a serial that is no number", { serial: Number.NaN }],
    ["a serial with a fraction", { serial: 7.5 }],
    ["no day", { days: 0 }],
    ["days that are no number", { days: Number.NaN }],
    ["more days than anybody answers for", { days: 4000 }],
  ])("is not made with %s", (_what, age) => {
    expect(() => currencyOf(age, 7, now)).toThrow(refused);
  });
});
