import { randomFillSync } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestMode } from "#contract/media.ts";
import { createCardBench } from "../../support/media/card-bench.ts";
import { MIB } from "../drives/bench.ts";
import { readAt, writeAt } from "./images.ts";
import { type Ended, identify, killWriters, startWriter } from "./writer-process.ts";

const bench = createCardBench();
let journalFolder: string;

beforeEach(() => {
  journalFolder = join(bench.folder(), "borrowed");
});
afterEach(async () => {
  await killWriters();
  bench.clear();
});

async function test(drive: string, mode: TestMode): Promise<Ended> {
  return startWriter({ job: "test", drive: await identify(drive), mode, journalFolder }).ended;
}

function found({ last }: Ended): unknown {
  if (last?.event === "tested") return last.report;
  return last?.event === "failed" ? last.error : last;
}

describe("a card that begins anew after its true size", () => {
  it.each([
    [64, 32],
    [64, 16],
    [256, 8],
    [120, 15],
    [128, 62],
    [96, 31],
  ])("of %d MiB, in truth %d, is found out and left as it was", async (says, holds) => {
    const card = await bench.card({ sizeBytes: says * MIB, holds: { bytes: holds * MIB, beyond: "wraps" } });
    const content = randomFillSync(Buffer.alloc(holds * MIB));
    writeAt(card.store, 0, content);
    const ended = await test(card.device, "quick");
    expect(found(ended)).toMatchObject({ code: "DRIVE_FAKE", details: { holdsBytes: holds * MIB } });
    expect(readAt(card.store, 0, holds * MIB).equals(content)).toBe(true);
    expect(readdirSync(journalFolder)).toEqual([]);
  });
});

describe("a card that loses what lies beyond its true size", () => {
  it.each([
    [64, 32],
    [128, 5.5],
    [64, 63],
    [1024, 101],
  ])("of %d MiB, in truth %d, is found out and left as it was", async (says, holds) => {
    const card = await bench.card({ sizeBytes: says * MIB, holds: { bytes: holds * MIB, beyond: "drops" } });
    const content = randomFillSync(Buffer.alloc(holds * MIB));
    writeAt(card.store, 0, content);
    const error = found(await test(card.device, "quick"));
    expect(error).toMatchObject({ code: "DRIVE_FAKE" });
    const { holdsBytes } = (error as { details: { holdsBytes: number } }).details;
    expect(Math.abs(holdsBytes - holds * MIB)).toBeLessThanOrEqual(64 * 1024);
    expect(readAt(card.store, 0, holds * MIB).equals(content)).toBe(true);
  });
});

describe("an honest drive", () => {
  it.each([5 * MIB + 512, 16 * MIB, 100 * MIB + 1536])(
    "of %d bytes passes the quick test untouched",
    async (sizeBytes) => {
      const drive = bench.drive(sizeBytes);
      const content = randomFillSync(Buffer.alloc(sizeBytes));
      writeAt(drive, 0, content);
      expect(found(await test(drive, "quick"))).toMatchObject({ mode: "quick", sizeBytes, pace: null });
      expect(readAt(drive, 0, sizeBytes).equals(content)).toBe(true);
      expect(readdirSync(journalFolder)).toEqual([]);
    },
  );
});

describe("the full test", () => {
  it("passes an honest drive of an odd size, tells its pace, and leaves it empty", async () => {
    const sizeBytes = 21 * MIB + 1536;
    const drive = bench.drive(sizeBytes);
    writeAt(drive, 0, Buffer.alloc(sizeBytes, 0xa5));
    const ended = await test(drive, "full");
    expect(found(ended)).toMatchObject({ mode: "full", sizeBytes, checkedBytes: sizeBytes });
    const { report } = ended.last as { report: { pace: { write: { slowest: number; median: number } } } };
    expect(report.pace.write.slowest).toBeGreaterThan(0);
    expect(report.pace.write.median).toBeGreaterThanOrEqual(report.pace.write.slowest);
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
    expect(readAt(drive, MIB, sizeBytes).includes(Buffer.alloc(4096, 0xa5))).toBe(false);
    const stages = ended.events.flatMap((event) => (event.event === "progress" ? [event.stage] : []));
    expect([...new Set(stages)]).toEqual(["write", "verify"]);
  });

  it("finds a size at which no card of that kind begins anew", async () => {
    const holds = 37 * MIB + 12_288;
    const card = await bench.card({ sizeBytes: 64 * MIB, holds: { bytes: holds, beyond: "wraps" } });
    expect(found(await test(card.device, "quick"))).toMatchObject({ mode: "quick" });
    expect(found(await test(card.device, "full"))).toMatchObject({
      code: "DRIVE_FAKE",
      details: { holdsBytes: holds },
    });
  });

  it.each(["read", "write"] as const)(
    "counts the blocks that fail when they are %s, and names the first",
    async (op) => {
      const first = 9 * MIB + 8192;
      const offsets = [first, first + 4096, 20 * MIB + 512];
      const card = await bench.card({
        sizeBytes: 32 * MIB,
        brokenAt: offsets.map((offset) => ({ offset, op })),
      });
      expect(found(await test(card.device, "full"))).toMatchObject({
        code: "DRIVE_VERIFY_FAILED",
        details: { badOffset: first, badBlocks: 3, checkedBlocks: 8192 },
      });
    },
  );

  it.each(["fails", "forgets"] as const)(
    "says that a card became read-only whose writing %s",
    async (how) => {
      const card = await bench.card({ sizeBytes: 32 * MIB, readOnlyAfter: { bytes: 12 * MIB, how } });
      const error = found(await test(card.device, "full"));
      expect(error).toMatchObject({ code: "DRIVE_READ_ONLY" });
      const { writtenBytes } = (error as { details: { writtenBytes: number } }).details;
      expect(Math.abs(writtenBytes - 12 * MIB)).toBeLessThanOrEqual(MIB);
    },
  );

  it("says that a card slows to a crawl", async () => {
    const slowAfter = { bytes: 56 * MIB, bytesPerSecond: 1.5e6 };
    const card = await bench.card({ sizeBytes: 60 * MIB, slowAfter });
    expect(found(await test(card.device, "full"))).toMatchObject({
      code: "DRIVE_SLOW",
      details: { operation: "writes" },
    });
  });

  it("says that a card was pulled", async () => {
    const slowAfter = { bytes: 8 * MIB, bytesPerSecond: 2e6 };
    const card = await bench.card({ sizeBytes: 64 * MIB, slowAfter });
    const job = {
      job: "test" as const,
      drive: await identify(card.device),
      mode: "full" as const,
      journalFolder,
    };
    const writer = startWriter(job);
    await writer.event((event) => event.event === "progress" && event.position > 8 * MIB);
    await card.pull();
    expect(found(await writer.ended)).toMatchObject({ code: expect.stringMatching(/^DRIVE_/) });
  });
});

describe("what this computer cannot do is not the drive's fault:", () => {
  const content = randomFillSync(Buffer.alloc(16 * MIB));

  function usedDrive(): string {
    const drive = bench.drive(16 * MIB);
    writeAt(drive, 0, content);
    return drive;
  }

  it.each([1024, 24 * 1024])("a full disk under the journal, with %d bytes left", async (left) => {
    const small = join(bench.folder(), "small");
    bench.mount("tmpfs", small, "-t", "tmpfs", "-o", "size=4m");
    writeFileSync(join(small, "fill"), Buffer.alloc(4 * MIB - 16 * 1024 - left));
    journalFolder = join(small, "borrowed");
    const drive = usedDrive();
    const error = found(await test(drive, "quick"));
    expect(error).toMatchObject({
      code: "FILE_UNWRITABLE",
      message: expect.stringMatching(/borrowed.*disk is full/),
      hint: expect.stringContaining("The drive is as it was"),
    });
    expect(readAt(drive, 0, content.length).equals(content)).toBe(true);
  });

  it("a journal that lies in no folder, or may not be written", async () => {
    const file = join(bench.folder(), "file");
    writeFileSync(file, "");
    journalFolder = join(file, "borrowed");
    expect(found(await test(usedDrive(), "quick"))).toMatchObject({
      code: "FILE_UNWRITABLE",
      message: expect.stringContaining(journalFolder),
    });
    const locked = join(bench.folder(), "locked");
    bench.mount("tmpfs", locked, "-t", "tmpfs", "-o", "ro");
    journalFolder = join(locked, "borrowed");
    expect(found(await test(usedDrive(), "quick"))).toMatchObject({
      code: "FILE_UNWRITABLE",
      message: expect.stringContaining("read-only"),
    });
  });

  it.each([
    ["quick", "file"],
    ["full", "file"],
    ["full", "device"],
  ] as const)("a full disk under a practice drive: %s, as a %s", async (mode, kind) => {
    const small = join(bench.folder(), "small");
    bench.mount("tmpfs", small, "-t", "tmpfs", "-o", "size=8m");
    const file = bench.file(join(small, "practice-1.floppy-practice"), 16 * MIB);
    const drive = kind === "file" ? file : bench.attach(file);
    writeFileSync(join(small, "fill"), Buffer.alloc(8 * MIB - 16 * 1024));
    expect(found(await test(drive, mode))).toMatchObject({ code: "DISK_FULL" });
  });
});

describe("a worn card that keeps nothing any more", () => {
  it.each(["fails", "forgets"] as const)(
    "is said to be read-only by the quick test: writing %s",
    async (how) => {
      const card = await bench.card({ sizeBytes: 64 * MIB, readOnlyAfter: { bytes: 0, how } });
      expect(found(await test(card.device, "quick"))).toMatchObject({ code: "DRIVE_READ_ONLY" });
    },
  );
});
