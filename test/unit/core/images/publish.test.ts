import { describe, expect, it } from "vitest";
import { entryOf, manifestOf, targetOf } from "#core/images/publish.ts";
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
