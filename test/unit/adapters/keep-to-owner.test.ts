import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInventory } from "#adapters/inventory/inventory.ts";
import { keepToOwner } from "#adapters/keep-to-owner.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "floppy-own-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (name = "") => (statSync(join(folder, name)).mode & 0o777).toString(8);

/** A folder as one from a backup, or of an older Floppy: everybody may read it. */
function put(name: string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, name), "", { mode: 0o644 });
}

const secret = [
  "inventory.sqlite",
  "inventory.sqlite-wal",
  "inventory.sqlite-shm",
  "settings.json",
  "settings.json.broken-1a2b3c4d",
  "secrets/run-1.json",
  "borrowed/usb-1.blocks",
  "practice/practice-1.floppy-practice",
  "manifests/0123456789abcdef-7",
];

test("what an older Floppy left for everybody to read is its owner’s alone at the next start", async () => {
  for (const name of [...secret, "systems/run-1/flake.nix", "images/abc/card.img"]) put(name);
  chmodSync(folder, 0o755);
  await keepToOwner(folder);
  expect(mode()).toBe("700");
  for (const name of secret) expect([name, mode(name)]).toEqual([name, "600"]);
  for (const name of ["secrets", "borrowed", "practice", "manifests", "systems", "systems/run-1"])
    expect([name, mode(name)]).toEqual([name, "700"]);
  expect(mode("images/abc/card.img")).toBe("644");
});

test("a folder that holds other things keeps its mode, and they keep theirs", async () => {
  for (const name of ["settings.json", "thesis.txt", "public_html/index.html"]) put(name);
  chmodSync(folder, 0o755);
  await keepToOwner(folder);
  expect([mode(), mode("thesis.txt"), mode("public_html"), mode("settings.json")]).toEqual([
    "755",
    "644",
    "755",
    "600",
  ]);
});

test("a link leads nowhere else, and a folder that is not there is no error", async () => {
  put("thesis.txt");
  symlinkSync(join(folder, "thesis.txt"), join(folder, "settings.json"));
  await keepToOwner(folder);
  expect(mode("thesis.txt")).toBe("644");
  await keepToOwner(join(folder, "none"));
});

test("a new inventory is its owner’s alone, with what SQLite puts beside it", async () => {
  const inventory = await openInventory({ file: join(folder, "inventory.sqlite") });
  await inventory.devices();
  const modes = ["", "-wal", "-shm"].map((more) => mode(`inventory.sqlite${more}`));
  await inventory.close();
  expect(modes).toEqual(["600", "600", "600"]);
});
