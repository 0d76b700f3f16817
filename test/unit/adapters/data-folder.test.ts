import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dataFolder } from "#adapters/data-folder.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "floppy-home-"));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

it("is what FLOPPY_DATA says", () => {
  const folder = join(home, "bench", "data");
  expect(dataFolder({ HOME: home, XDG_DATA_HOME: home, FLOPPY_DATA: folder })).toBe(folder);
});

it("is a folder of its own in XDG_DATA_HOME", () => {
  expect(dataFolder({ HOME: "/nowhere", XDG_DATA_HOME: home })).toBe(join(home, "floppy"));
});

it("is in the home folder otherwise; a relative XDG_DATA_HOME counts for nothing", () => {
  const expected = join(home, ".local/share/floppy");
  expect(dataFolder({ HOME: home })).toBe(expected);
  expect(dataFolder({ HOME: home, XDG_DATA_HOME: "data" })).toBe(expected);
});

it("is open to its owner alone, and can be asked for again", () => {
  const folder = dataFolder({ HOME: home });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(dataFolder({ HOME: home })).toBe(folder);
});

it("that cannot be made is a clear error", () => {
  writeFileSync(join(home, "file"), "");
  const env = { FLOPPY_DATA: join(home, "file", "data") };
  expect(() => dataFolder(env)).toThrow(expect.objectContaining({ code: "FILE_UNREADABLE" }));
});
