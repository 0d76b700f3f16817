import { describe, expect, test } from "vitest";
import { namedImage, parseBuildProducts, productImage } from "#core/images/build-products.ts";

const built = "/nix/store/x-image";

describe("hydra-build-products", () => {
  test("names the image that NixOS makes", () => {
    const products = parseBuildProducts(`file sd-image ${built}/sd-image/nixos.img.zst\n`);
    expect(productImage(products, built)).toBe(`${built}/sd-image/nixos.img.zst`);
  });

  test("may name other things before it, and quote a path with blanks", () => {
    const products = parseBuildProducts(
      `doc manual ${built}/manual\nfile json ${built}/a.json\nfile iso "${built}/iso/my stick.iso" index.html\n`,
    );
    expect(productImage(products, built)).toBe(`${built}/iso/my stick.iso`);
  });

  test.each([
    "",
    "garbage",
    "file sd-image",
    "file sd-image /etc/shadow",
    `file sd-image ${built}/../other.img`,
    `file sd-image ${built}-other/a.img`,
    `nothing sd-image ${built}/a.img`,
  ])("%j names no image", (text) => {
    expect(productImage(parseBuildProducts(text), built)).toBeNull();
  });
});

describe("an image found by its name", () => {
  test.each([
    ["sd-image", ["README", "nixos.img.zst"], "nixos.img.zst"],
    ["sd-image", ["b.img", "a.img"], "a.img"],
    ["sd-image", ["CARD.IMG.ZST"], "CARD.IMG.ZST"],
    ["iso", ["nixos.iso"], "nixos.iso"],
    ["iso", ["NIXOS.ISO"], "NIXOS.ISO"],
    ["iso", ["nixos.img"], null],
    ["sd-image", [], null],
  ] as const)("in %s of %j is %j", (folder, names, found) => {
    expect(namedImage(folder, [...names])).toBe(found);
  });
});
