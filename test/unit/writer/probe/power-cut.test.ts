import { randomFillSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJournal, recoverBlocks } from "../../../../src-main/writer/probe/journal.ts";
import { probeCapacity } from "../../../../src-main/writer/probe/probe-capacity.ts";
import { memoryMedium } from "./memory-medium.ts";

const MIB = 1024 ** 2;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "power-cut-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The power goes at this step, and nothing happens any more. Resolves to whether the test came to its end before. */
async function probeUntil(cut: number, content: Buffer, says: number): Promise<boolean> {
  let steps = 0;
  const step = () => {
    steps += 1;
    if (steps >= cut) throw new Error("power cut");
  };
  const journal = createJournal(folder);
  const safe = {
    async keep(...kept: Parameters<typeof journal.keep>) {
      step();
      await journal.keep(...kept);
      step();
    },
    async empty() {
      step();
      await journal.empty();
    },
  };
  return probeCapacity(memoryMedium(content, says, step), safe).then(
    () => true,
    () => false,
  );
}

describe("a power cut at any step of a quick test", () => {
  it.each([
    ["an honest drive", 5 * MIB, 5 * MIB],
    ["a drive that begins anew at a usual size", 4 * MIB, 32 * MIB],
    ["a drive that begins anew anywhere", 5 * MIB + 12_288, 19 * MIB],
  ])("on %s costs nothing: the next test puts back what was borrowed", async (_, holds, says) => {
    const original = randomFillSync(Buffer.alloc(holds));
    const content = Buffer.from(original);
    let [cuts, recovered] = [0, 0];
    while (!(await probeUntil(cuts + 1, content, says))) {
      cuts += 1;
      recovered += await recoverBlocks(folder, memoryMedium(content, says));
      expect(content.equals(original), `cut at step ${cuts}`).toBe(true);
    }
    expect(content.equals(original)).toBe(true);
    expect(cuts).toBeGreaterThan(40);
    expect(recovered).toBeGreaterThan(40);
  });
});

describe("what is put back", () => {
  /** Cut after all marks were written. */
  async function cutOff() {
    const content = Buffer.alloc(5 * MIB, 0xa5);
    await probeUntil(30, content, content.length);
    expect(content.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(false);
    return content;
  }

  it("is never what was written since", async () => {
    const content = await cutOff();
    content.fill(0x5a);
    expect(await recoverBlocks(folder, memoryMedium(content))).toBe(0);
    expect(content.equals(Buffer.alloc(5 * MIB, 0x5a))).toBe(true);
  });

  it("waits for its own card, however many like it are tested before", async () => {
    const content = await cutOff();
    const alike = Buffer.alloc(5 * MIB, 0xa5);
    expect(await recoverBlocks(folder, memoryMedium(alike))).toBe(0);
    expect(await probeUntil(Number.POSITIVE_INFINITY, alike, alike.length)).toBe(true);
    expect(alike.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(true);
    expect(await recoverBlocks(folder, memoryMedium(content))).toBeGreaterThan(0);
    expect(content.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("stays in the journal where the card did not take it", async () => {
    const content = await cutOff();
    const medium = memoryMedium(content);
    let refused = false;
    const worn = {
      ...medium,
      async write(from: Buffer, position: number) {
        if (!refused) {
          refused = true;
          throw Object.assign(new Error("bad sector"), { code: "EIO" });
        }
        await medium.write(from, position);
      },
    };
    expect(await recoverBlocks(folder, worn)).toBeGreaterThan(0);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(await recoverBlocks(folder, medium)).toBe(1);
    expect(content.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is looked for only where the drive has such a place", async () => {
    await cutOff();
    expect(await recoverBlocks(folder, memoryMedium(Buffer.alloc(MIB)))).toBe(0);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("may be a journal whose last line was cut off: that block was not marked yet", async () => {
    const content = await cutOff();
    const [name = ""] = readdirSync(folder);
    writeFileSync(join(folder, name), '{"seed":"se', { flag: "a" });
    expect(await recoverBlocks(folder, memoryMedium(content))).toBeGreaterThan(0);
    expect(content.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(true);
  });

  it("is told of for as long as it is not back", async () => {
    const journal = createJournal(folder);
    expect(journal.holds()).toBe(false);
    await journal.keep("seed", [{ place: 4096, original: Buffer.alloc(4096) }]);
    expect(journal.holds()).toBe(true);
    await journal.empty();
    expect(journal.holds()).toBe(false);
  });
});
