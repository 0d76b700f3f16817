import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeTextFile } from "../../../src-main/cli/write-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "floppy-text-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = { mode: 0o600, replace: false };

test("a file that is there is kept, unless it is to be replaced; then with the mode that is asked for", async () => {
  const path = join(folder, "run.log");
  writeFileSync(path, "precious", { mode: 0o644 });
  await expect(writeTextFile(path, "log", options)).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect(readFileSync(path, "utf8")).toBe("precious");
  await writeTextFile(path, "log", { ...options, replace: true });
  expect(readFileSync(path, "utf8")).toBe("log");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["run.log"]);
});

test("where no file can be made, that is said, and nothing is left", async () => {
  const path = join(folder, "none", "run.log");
  await expect(writeTextFile(path, "log", options)).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
  expect(readdirSync(folder)).toEqual([]);
});
