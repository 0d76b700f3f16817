import { expect, test } from "vitest";
import { chosenImage, listedImage, parseManifest } from "#core/images/manifest.ts";
import { foundManifest } from "../../../support/renderer/bench-data.ts";

const robot = "raspberry-robot";
const [image] = foundManifest.images;
const sha256 = image?.sha256 ?? "";

test("what is no manifest says what is wrong with it", () => {
  const parse = (text: string) => () => parseManifest("/srv/images.json", text);
  expect(parse("<html>")).toThrow("/srv/images.json cannot be read. It is not JSON.");
  expect(parse('{"version":1,"images":[]}')).toThrow(/images/);
});

test("an image that is not understood loses none of the others, and is named with the reason", () => {
  const later = { ...image, target: "later", sha256: "blake3:1234" };
  const { here: _, ...known } = image ?? { here: false };
  const text = JSON.stringify({ version: 1, images: [later, known, "odd"] });
  const found = parseManifest("/srv/images.json", text);
  expect(found.images).toEqual([known]);
  expect(found.skipped).toEqual([
    expect.stringMatching(/^later: .*sha256/),
    expect.stringMatching(/^image 3: /),
  ]);
  expect(() => listedImage({ ...foundManifest, skipped: found.skipped }, "later")).toThrow(
    /not understood.*later/,
  );
});

test("a manifest of which nothing is understood, or of another version, is refused", () => {
  const parse = (value: unknown) => () => parseManifest("/srv/images.json", JSON.stringify(value));
  expect(parse({ version: 1, images: [{ ...image, urls: [] }] })).toThrow(/urls/);
  expect(parse({ version: 2, images: [image] })).toThrow(/version/);
});

test("the image that was chosen is found by its name and hash", () => {
  expect(chosenImage(foundManifest, robot, sha256)).toBe(image);
});

test("a choice is not changed by a manifest that names another image since", () => {
  expect(() => chosenImage(foundManifest, robot, "b".repeat(64))).toThrow(
    expect.objectContaining({
      code: "MANIFEST_IMAGE_MISSING",
      message: expect.stringContaining("another image"),
    }),
  );
});

test("an image that is not listed is missing, and so is the manifest where none is set", () => {
  expect(() => listedImage(foundManifest, "dell-dev")).toThrow("names no image for dell-dev");
  expect(() => listedImage(null, robot)).toThrow("No image manifest is set");
});
