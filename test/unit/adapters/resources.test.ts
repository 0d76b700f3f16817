import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateResources } from "#adapters/resources.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "floppy-resources-"));
  add("nixos/catalog.nix");
  mkdirSync(join(root, "out/main"), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function add(file: string): string {
  const path = join(root, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "");
  return path;
}

describe("the program of the writer", () => {
  const writer = (inElectron: boolean) => locateResources(join(root, "out/main"), inElectron).writer;

  it("is run by this process's Node", () => {
    expect(writer(false)).toEqual([process.execPath, join(root, "out/main/writer.js")]);
  });

  it("is run by the Node beside Electron, which is none", () => {
    const development = add("node_modules/node/bin/node");
    expect(writer(true)[0]).toBe(development);
    const packaged = add("node");
    expect(writer(true)[0]).toBe(packaged);
  });

  it("is never run by another Node that happens to be on the PATH", () => {
    expect(() => writer(true)).toThrow("node is missing beside Floppy");
  });
});

it("says what is missing in an installation that is incomplete", () => {
  rmSync(join(root, "nixos"), { recursive: true });
  expect(() => locateResources(join(root, "out/main"))).toThrow("nixos/catalog.nix is missing");
});
