import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeLeftovers, findLeftovers, RUN_MARK, removeLeftovers } from "../../setup/leftovers.mjs";

let folder = "";
const mark = randomUUID();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leftovers-"));
});

afterEach(() => {
  removeLeftovers(findLeftovers(mark, folder));
  rmSync(folder, { recursive: true, force: true });
});

describe("what tests leave behind", () => {
  it("is nothing where nothing was started", () => {
    expect(describeLeftovers(findLeftovers(mark, folder))).toEqual([]);
  });

  it("names a process of this run, even one that left its parent, and ends it", async () => {
    const env = { ...process.env, [RUN_MARK]: mark };
    const child = spawn("sleep", ["600"], { env, detached: true, stdio: "ignore" });
    await once(child, "spawn");
    const leftovers = findLeftovers(mark, folder);
    expect(describeLeftovers(leftovers)).toEqual([`process ${child.pid}: sleep 600`]);
    const ended = once(child, "exit");
    removeLeftovers(leftovers);
    expect(await ended).toEqual([null, "SIGKILL"]);
  });

  it("names a loop device over a file of this run, and detaches it", () => {
    const file = join(folder, "card.img");
    writeFileSync(file, "");
    truncateSync(file, 1024 ** 2);
    const device = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
    const leftovers = findLeftovers(mark, folder);
    expect(describeLeftovers(leftovers)).toEqual([`${device} over ${file}`]);
    removeLeftovers(leftovers);
    expect(describeLeftovers(findLeftovers(mark, folder))).toEqual([]);
  });
});
