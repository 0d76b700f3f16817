import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { flakeAt, flakeNamed } from "#adapters/nix/flake-reference.ts";
import { defaultSettings, settings } from "#contract/settings.ts";
import { refusal } from "../../../support/runs.ts";

const root = mkdtempSync(join(tmpdir(), "floppy-flakes-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder of that name, which is there. */
function folder(name: string): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const odd = ["my floppy", "c#", "what?", "100%", "my%20floppy", "bänk", "a\nb", "a?dir=b", "a:b@c", "[x]"];

describe("a flake that nix would take for an option", () => {
  test.each(["-", "--impure", "--option", "-I", "-f/etc/evil.nix"])("is refused: %s", (text) => {
    expect(() => flakeNamed(text)).toThrow(refusal("INVALID_INPUT"));
    expect(settings.safeParse({ ...defaultSettings, flake: text }).success).toBe(false);
  });

  test("is taken as the folder of that name where it is written as one", () => {
    expect(flakeNamed("./-name")).toEqual({ url: "./-name" });
    expect(settings.safeParse({ ...defaultSettings, flake: "./-name" }).success).toBe(true);
  });
});

describe("the folder of a flake", () => {
  test.each(odd)("called %j is where nix is run, since no version reads it in a URL", (name) => {
    const path = folder(name);
    expect(flakeAt(path)).toEqual({ url: "path:.", folder: path });
    for (const text of [path, `path:${path}`, `path://${path}`])
      expect(flakeNamed(text)).toEqual({ url: "path:.", folder: path });
  });

  test("that every version reads is named", () => {
    const path = folder("floppy-1.0_x~y");
    expect(flakeAt(path)).toEqual({ url: `path:${path}` });
    for (const text of [path, `path:${path}`]) expect(flakeNamed(text)).toEqual({ url: text });
  });

  test("may be written as a URL has it, and name a folder in it", () => {
    const path = folder("my floppy");
    const reference = { url: "path:.?dir=nixos", folder: path };
    expect(flakeNamed(`path:${path.replace(" ", "%20")}?dir=nixos`)).toEqual(reference);
    expect(flakeNamed(`${path}?dir=nixos`)).toEqual(reference);
  });

  test("may begin at home", () => {
    expect(flakeNamed("~")).toEqual({ url: homedir() });
  });

  test("that is not there is told as that", () => {
    expect(() => flakeNamed(`${root}/no such folder`)).toThrow(`There is no folder ${root}/no such folder.`);
  });
});

test.each([
  "github:someone/devices?dir=nixos",
  "git+ssh://git@example.org/devices?ref=main",
  "git+file:///srv/my%20devices",
  "https://example.org/devices.tar.gz",
  "nixpkgs",
  "path:/nowhere",
  "/nowhere?dir=x",
])("%s is nix's to read", (text) => {
  expect(flakeNamed(text)).toEqual({ url: text });
});
