import { describe, expect, it, test } from "vitest";
import { manifest, manifestPlace, remoteUrl } from "#contract/manifest.ts";

const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const image = {
  target: "raspberry-robot",
  urls: ["https://images.example.org/robot.img.zst"],
  fileBytes: 1000,
  sha256: "a".repeat(64),
};
const accepts = (images: object[]) => manifest.safeParse({ version: 1, images }).success;

test.each([
  ["https://images.example.org/robot.img", true],
  ["https://images.example.org/robot@2.img?token=1", true],
  ["http://127.0.0.1:8080/robot.img", true],
  ["http://localhost/robot.img", true],
  ["http://[::1]:8080/robot.img", true],
  ["http://images.example.org/robot.img", false],
  ["http://127.0.0.1.example.org/robot.img", false],
  ["http://localhost.example.org/robot.img", false],
  ["https://tech:secret@images.example.org/robot.img", false],
  ["ftp://images.example.org/robot.img", false],
  ["file:///srv/robot.img", false],
  ["robot.img", false],
])("whether %s is fetched: %s", (url, fetched) => {
  expect(remoteUrl.safeParse(url).success).toBe(fetched);
});

describe("a manifest", () => {
  it("names images with where they lie and what must arrive", () => {
    expect(
      accepts([image, { ...image, target: "installer-x86_64", name: "a.iso", builtFrom: "3f2a91c" }]),
    ).toBe(true);
  });

  it.each([
    ["a target twice", [image, image]],
    ["no image", []],
    ["a name that leaves its folder", [{ ...image, name: "../robot.img" }]],
    ["a name that is hidden", [{ ...image, name: ".robot" }]],
    ["a target that leaves its folder", [{ ...image, target: "../robot" }]],
    ["no mirror", [{ ...image, urls: [] }]],
    ["a size that is none", [{ ...image, fileBytes: -1 }]],
    ["a hash that is none", [{ ...image, sha256: "A".repeat(64) }]],
    ["a revision that steers a terminal", [{ ...image, builtFrom: "\u001b[2J" }]],
  ])("with %s is refused", (_what, images) => {
    expect(accepts(images)).toBe(false);
  });

  it("of another version is refused", () => {
    expect(manifest.safeParse({ version: 2, images: [image] }).success).toBe(false);
  });
});

test.each([
  ["/srv/images.json", null, true],
  ["https://images.example.org/images.json", key, true],
  ["srv/images.json", null, false],
  ["http://images.example.org/images.json", null, false],
  ["/srv/images.json", "RWQf6", false],
  ["/srv/images.json", "ssh-ed25519 AAAA", false],
])("whether %s with the key %s may be set: %s", (url, publicKey, may) => {
  expect(manifestPlace.safeParse({ url, publicKey }).success).toBe(may);
});
