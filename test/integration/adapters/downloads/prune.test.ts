import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prune } from "../../../../src-main/adapters/downloads/prune.ts";
import { currentOwner } from "../../../../src-main/adapters/inventory/owner.ts";

const now = Date.UTC(2026, 5, 30);
const day = 24 * 3600 * 1000;
const [named, other] = ["a".repeat(64), "b".repeat(64)];
const { bootId, pid, start } = currentOwner();
const dead = `${other}.${bootId}.${pid}.0.part`;
const own = `${other}.${bootId}.${pid}.${start}.part`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "floppy-prune-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with a file that was read and changed so many days ago. */
function put(name: string, readDays: number, changedDays = readDays) {
  const file = join(folder, name, "robot.img");
  mkdirSync(join(folder, name));
  writeFileSync(file, "image");
  utimesSync(file, (now - readDays * day) / 1000, (now - changedDays * day) / 1000);
}

test.each([
  ["an image that is named stays, however old", named, 100, 100, true],
  ["an image that is not named goes after a week", other, 8, 8, false],
  ["an image that was read lately stays", other, 6, 100, true],
  ["a beginning of a dead process stays for a week", dead, 6, 6, true],
  ["a beginning of a dead process goes then", dead, 8, 8, false],
  ["a beginning that this process works on stays", own, 100, 100, true],
  ["what is not ours stays", "notes", 100, 100, true],
])("%s", async (_what, name, readDays, changedDays, stays) => {
  put(name, readDays, changedDays);
  await prune(folder, [{ sha256: named }], now);
  expect(existsSync(join(folder, name))).toBe(stays);
});
