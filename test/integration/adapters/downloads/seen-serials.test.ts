import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSeenSerials } from "../../../../src-main/adapters/downloads/seen-serials.ts";

const program = resolve(import.meta.dirname, "../../../support/downloads/see-serials.ts");
const children: ChildProcess[] = [];
let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "floppy-seen-")), "manifests");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** Kills a process that sees serials once it has kept so many; the last one that it said. */
async function killed(first: number, step: number, kept: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder, "key", String(first), String(step)]);
  children.push(child);
  let last = 0;
  let lines = 0;
  const over = once(child, "close");
  createInterface({ input: child.stdout }).on("line", (line) => {
    last = Number(line);
    lines += 1;
    if (lines === kept) child.kill("SIGKILL");
  });
  await over;
  return last;
}

describe("the highest serial that was seen", () => {
  it("is none at first, and then never less than it was", async () => {
    const seen = createSeenSerials(folder);
    expect(await seen.highest("key")).toBe(0);
    for (const serial of [5, 3, 9, 8, Number.MAX_SAFE_INTEGER]) await seen.see("key", serial);
    expect(await createSeenSerials(folder).highest("key")).toBe(Number.MAX_SAFE_INTEGER);
    expect(await seen.highest("another")).toBe(0);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is kept through any kill, and by several processes at once", async () => {
    const said = await Promise.all([killed(1, 3, 40), killed(2, 3, 25), killed(1000, 1, 30)]);
    const seen = createSeenSerials(folder);
    const highest = await seen.highest("key");
    // One more may have been kept than was said before the kill came.
    expect(highest).toBeGreaterThanOrEqual(Math.max(...said));
    await seen.see("key", highest + 1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is not made up of what else lies there", async () => {
    const seen = createSeenSerials(folder);
    await seen.see("key", 5);
    const [name = ""] = readdirSync(folder);
    for (const odd of [name.replace("-5", "-6x"), name.replace("-5", "-"), name.replace("-5", "--7"), "7"])
      writeFileSync(join(folder, odd), "");
    expect(await seen.highest("key")).toBe(5);
  });

  it("that cannot be read is no zero", async () => {
    writeFileSync(folder, "in the way");
    await expect(createSeenSerials(folder).highest("key")).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
  });
});
