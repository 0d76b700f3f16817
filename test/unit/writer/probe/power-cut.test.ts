import { randomFillSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DriveIdentity } from "#contract/drives.ts";
import { createJournal, recoverBlocks } from "../../../../src-main/writer/probe/journal.ts";
import { probeCapacity } from "../../../../src-main/writer/probe/probe-capacity.ts";
import { fakeDrive } from "../../../support/fake-ports.ts";
import { memoryMedium } from "./memory-medium.ts";

const MIB = 1024 ** 2;
const { identity } = fakeDrive();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "power-cut-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The power goes at this step, and nothing happens any more. Resolves to whether the test came to its end before. */
async function probeUntil(
  cut: number,
  content: Buffer,
  says: number,
  drive: DriveIdentity,
): Promise<boolean> {
  let steps = 0;
  const step = () => {
    steps += 1;
    if (steps >= cut) throw new Error("power cut");
  };
  const journal = createJournal(folder, drive);
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
    while (!(await probeUntil(cuts + 1, content, says, identity))) {
      cuts += 1;
      recovered += await recoverBlocks(folder, identity, memoryMedium(content, says));
      expect(content.equals(original), `cut at step ${cuts}`).toBe(true);
      expect(readdirSync(folder), `cut at step ${cuts}`).toEqual([]);
    }
    expect(content.equals(original)).toBe(true);
    expect(cuts).toBeGreaterThan(40);
    expect(recovered).toBeGreaterThan(40);
  });
});

describe("what is put back", () => {
  /** Cut after all marks were written. */
  async function cutOff(drive: DriveIdentity) {
    const content = Buffer.alloc(5 * MIB, 0xa5);
    await probeUntil(30, content, content.length, drive);
    expect(content.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(false);
    return content;
  }

  it("is never what was written since", async () => {
    const content = await cutOff(identity);
    content.fill(0x5a);
    expect(await recoverBlocks(folder, identity, memoryMedium(content))).toBe(0);
    expect(content.equals(Buffer.alloc(5 * MIB, 0x5a))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("waits for its own drive, where two are alike and have no serial", async () => {
    const nameless = { ...identity, serial: null };
    const content = await cutOff(nameless);
    expect(await recoverBlocks(folder, nameless, memoryMedium(Buffer.alloc(5 * MIB)))).toBe(0);
    expect(await recoverBlocks(folder, nameless, memoryMedium(content))).toBeGreaterThan(0);
    expect(content.equals(Buffer.alloc(5 * MIB, 0xa5))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is known again at another port, and not taken for another drive’s", async () => {
    const content = await cutOff(identity);
    expect(await recoverBlocks(folder, { ...identity, serial: "OTHER" }, memoryMedium(content))).toBe(0);
    const replugged = { ...identity, path: "/dev/sdq", diskSequence: 99 };
    expect(await recoverBlocks(folder, replugged, memoryMedium(content))).toBeGreaterThan(0);
  });

  it("may be a journal whose last line was cut off: that block was not marked yet", async () => {
    const content = Buffer.alloc(5 * MIB, 0xa5);
    await probeUntil(1, content, content.length, identity);
    const journal = createJournal(folder, identity);
    await journal.keep("seed", [{ place: 4096, original: Buffer.alloc(4096) }]);
    const [name = ""] = readdirSync(folder);
    writeFileSync(join(folder, name), '{"seed":"se', { flag: "a" });
    expect(await recoverBlocks(folder, identity, memoryMedium(content))).toBe(0);
  });
});
