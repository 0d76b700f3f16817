import { describe, expect, it } from "vitest";
import { fileAt, isOwnPage, mayOpenOutside } from "../../../src-main/app/addresses.ts";

describe("isOwnPage", () => {
  it.each(["floppy://app/", "floppy://app/assets/index.js", "floppy://app/?device=1#drive"])(
    "is %s",
    (address) => expect(isOwnPage(address)).toBe(true),
  );

  it.each([
    "",
    "floppy://evil/",
    "floppy://app.evil/",
    "floppy://app:80/",
    "floppy:app",
    "http://app/",
    "https://floppy/app",
    "file:///app/index.html",
    "about:blank",
    "data:text/html,floppy://app/",
    "http://localhost/floppy://app/",
  ])("is not %s", (address) => expect(isOwnPage(address)).toBe(false));
});

describe("mayOpenOutside", () => {
  it("takes the sites that Floppy's hints link to", () => {
    expect(mayOpenOutside("https://nixos.org/download")).toBe(true);
  });

  it.each([
    "",
    "http://nixos.org/download",
    "https://nixos.org.evil.com/",
    "https://evil.com/nixos.org",
    "https://nixos.org:8443/",
    "https://nixos.org@evil.com/",
    "https://user@nixos.org/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "smb://nixos.org/share",
    "floppy://app/",
  ])("takes nothing else: %s", (address) => expect(mayOpenOutside(address)).toBe(false));
});

describe("fileAt", () => {
  const folder = "/opt/floppy/renderer";

  it("finds the page, and files beside and below it", () => {
    expect(fileAt("floppy://app/", folder)).toEqual({
      path: `${folder}/index.html`,
      type: "text/html; charset=utf-8",
    });
    expect(fileAt("floppy://app/assets/index.js?v=1", folder)).toEqual({
      path: `${folder}/assets/index.js`,
      type: "text/javascript; charset=utf-8",
    });
  });

  it.each([
    "floppy://app/..%2fsecret.json",
    "floppy://app/%2e%2e/%2e%2e/secret.json/../../../x.json/..%2f..%2f..%2fetc%2fhosts.json",
    "floppy://app/assets/..%2f..%2f..%2frenderer-secret.json",
    "floppy://app/..%2frenderer-secret%2fx.json",
    "floppy://app/%00.html",
    "floppy://app/%E0%A4%A.html",
    "floppy://app/.json%00.html",
    "floppy://evil/index.html",
    "https://app/index.html",
  ])("finds nothing outside of its folder: %s", (address) => expect(fileAt(address, folder)).toBeNull());

  it("serves no type that a page of ours does not need", () => {
    expect(fileAt("floppy://app/inventory.sqlite", folder)).toBeNull();
  });
});
