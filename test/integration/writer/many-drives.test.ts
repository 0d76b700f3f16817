import { randomFillSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createWriter } from "#adapters/writer/client.ts";
import type { WriterEvent } from "#contract/writer.ts";
import type { FlashOrder } from "#core/ports/drives.ts";
import { anIdentity } from "../../support/nixos/identity-bench.ts";
import { type Throttle, throttle } from "../../support/throttle.ts";
import { createBench, MIB, run } from "../drives/bench.ts";
import { FIRMWARE, makeCardImage, pack, readAt, writeAt } from "./images.ts";
import {
  flashJob,
  identify,
  inspect,
  killWriters,
  reaches,
  startWriter,
  type WriterProcess,
  writerScript,
} from "./writer-process.ts";

const shared = createBench();
const bench = createBench();
const throttles: Throttle[] = [];
let image: string;
let packed: string;
let large: string;

beforeAll(() => {
  image = makeCardImage(shared.folder());
  packed = pack(image, "zst");
  large = join(shared.folder(), "large.img");
  writeFileSync(large, randomFillSync(Buffer.alloc(96 * MIB)).fill(0, 0, 512));
});
afterEach(async () => {
  await killWriters();
  for (const limit of throttles.splice(0)) await limit.lift();
  bench.clear();
});
afterAll(shared.clear);

const zeros = Buffer.alloc(MIB);
const about = (target: number) => (event: WriterEvent) => "target" in event && event.target === target;

/** Whether a drive is whole: its head is written last of all. */
function holds(drive: string, path: string): boolean {
  const content = readFileSync(path);
  return readAt(drive, 0, content.length).equals(content);
}

async function slowDown(writer: WriterProcess, drive: string): Promise<void> {
  const limit = await throttle([drive], { write: 2, read: 2 });
  throttles.push(limit);
  await limit.add(writer.pid);
}

function ends({ events }: { events: WriterEvent[] }): (string | undefined)[] {
  const ends = events.filter(({ event }) => ["flashed", "failed", "cancelled"].includes(event));
  return ends.map((event) => `${"target" in event ? event.target : "all"} ${event.event}`);
}

describe("several drives", () => {
  it("each get the image with their own identity, from one reading", async () => {
    const drives = [0, 1, 2, 3].map(() => bench.drive(32 * MIB));
    const job = await flashJob(packed, drives);
    const contentOf = (index: number) => JSON.stringify({ ...anIdentity, serial: `FLOPPY-RPI-0000${index}` });
    for (const [index, target] of job.targets.entries())
      target.files = [{ path: "floppy/identity.json", content: contentOf(index) }];
    const ended = await startWriter(job).ended;
    expect(ended.code).toBe(0);
    expect(ends(ended).toSorted()).toEqual(drives.map((_, index) => `${index} flashed`));
    for (const [index, drive] of drives.entries()) {
      const partition = join(bench.folder(), "firmware.img");
      writeFileSync(partition, readAt(drive, FIRMWARE.offset, FIRMWARE.sizeBytes));
      expect(run("mtype", "-i", partition, "::floppy/identity.json")).toBe(contentOf(index));
    }
  });

  it("are told of one by one, each from its start to its end", async () => {
    const drives = [0, 1].map(() => bench.drive(32 * MIB));
    const { events } = await startWriter(await flashJob(image, drives)).ended;
    for (const target of [0, 1]) {
      const own = events.filter(about(target)).filter((event) => event.event === "progress");
      for (const stage of ["write", "verify"]) {
        const [first, ...rest] = own.filter((event) => event.stage === stage);
        expect(first?.position).toBe(0);
        expect(rest.at(-1)?.position).toBe(first?.sizeBytes);
      }
    }
  });

  it("fail alone: one that is too small leaves the others be", async () => {
    const drives = [bench.drive(32 * MIB), bench.drive(8 * MIB), bench.drive(32 * MIB)];
    const ended = await startWriter(await flashJob(packed, drives)).ended;
    expect(ended.code).toBe(1);
    expect(ends(ended).toSorted()).toEqual(["0 flashed", "1 failed", "2 flashed"]);
    expect(ended.events.find(({ event }) => event === "failed")).toMatchObject({
      error: { code: "IMAGE_TOO_LARGE" },
    });
    expect(holds(drives[0] ?? "", image) && holds(drives[2] ?? "", image)).toBe(true);
  });

  it("do not wait for a slow one, which still becomes whole", async () => {
    const drives = [bench.drive(100 * MIB), bench.drive(100 * MIB)];
    const [slow = "", quick = ""] = drives;
    const writer = startWriter(await flashJob(large, drives));
    await slowDown(writer, slow);
    await writer.event((event) => event.event === "flashed" && event.target === 1);
    const told = writer.events.filter(about(0));
    expect(told.some((event) => event.event === "flashed" || reaches("verify")(event))).toBe(false);
    expect(holds(quick, large)).toBe(true);
    for (const limit of throttles.splice(0)) await limit.lift();
    expect((await writer.ended).code).toBe(0);
    expect(holds(slow, large)).toBe(true);
  });

  it("are cancelled one by one", async () => {
    const drives = [bench.drive(100 * MIB), bench.drive(100 * MIB)];
    const [kept = "", left = ""] = drives;
    const writer = startWriter(await flashJob(large, drives));
    await slowDown(writer, left);
    await writer.event((event) => reaches("write")(event) && about(1)(event));
    writer.child.stdin.write('{"command":"cancel","target":1}\n');
    const ended = await writer.ended;
    // Where it is the last one of its job, it is cancelled with it.
    expect(ends(ended).toSorted()).toEqual(["0 flashed", expect.stringMatching(/^(1|all) cancelled$/)]);
    expect(ended.code).toBe(3);
    expect(holds(kept, large)).toBe(true);
    expect(readAt(left, 0, MIB).equals(zeros)).toBe(true);
  });

  it("are cancelled together at once", async () => {
    const drives = [bench.drive(100 * MIB), bench.drive(100 * MIB)];
    const writer = startWriter(await flashJob(large, drives));
    await slowDown(writer, drives[0] ?? "");
    await writer.event(reaches("write"));
    const since = performance.now();
    writer.child.stdin.write('{"command":"cancel"}\n');
    const { code, last } = await writer.ended;
    expect([code, last]).toEqual([3, { event: "cancelled" }]);
    expect(performance.now() - since).toBeLessThan(2000);
  });

  it("are not written twice by one job", async () => {
    const drive = bench.drive(32 * MIB);
    const ended = await startWriter(await flashJob(image, [drive, drive])).ended;
    expect(
      ends(ended)
        .map((end) => end?.slice(2))
        .toSorted(),
    ).toEqual(["failed", "flashed"]);
    expect(holds(drive, image)).toBe(true);
  });
});

describe("the client, for several drives", () => {
  const quiet = { progress: () => undefined, log: () => undefined };
  const writer = createWriter({
    command: [process.execPath, writerScript],
    elevation: "pkexec",
    journalFolder: "/nowhere",
  });

  async function order(drive: string, change: Partial<FlashOrder> = {}): Promise<FlashOrder> {
    const signal = new AbortController().signal;
    return {
      drive: await identify(drive),
      files: [],
      placement: "firmware",
      writable: true,
      observe: quiet,
      signal,
      ...change,
    };
  }

  it("settles each by itself", async () => {
    const stop = new AbortController();
    const drives = [bench.drive(32 * MIB), bench.drive(8 * MIB), bench.drive(32 * MIB)] as const;
    const orders = [
      await order(drives[0]),
      await order(drives[1]),
      await order(drives[2], { observe: { ...quiet, progress: () => stop.abort() }, signal: stop.signal }),
    ];
    const [first, second, third] = await Promise.allSettled(
      writer.flashMany({ image: await inspect(packed) }, orders),
    );
    expect(first).toMatchObject({ status: "fulfilled", value: { sizeBytes: 24 * MIB } });
    expect(second).toMatchObject({ status: "rejected", reason: { code: "IMAGE_TOO_LARGE" } });
    expect(third).toMatchObject({ status: "rejected", reason: { code: "CANCELLED" } });
    expect(holds(drives[0], image)).toBe(true);
  });

  it("ends only the drive whose listener threw", async () => {
    const drives = [bench.drive(32 * MIB), bench.drive(32 * MIB)] as const;
    const progress = () => {
      throw new Error("the door is gone");
    };
    const orders = [await order(drives[0]), await order(drives[1], { observe: { ...quiet, progress } })];
    const [first, second] = await Promise.allSettled(
      writer.flashMany({ image: await inspect(packed) }, orders),
    );
    expect(first).toMatchObject({ status: "fulfilled" });
    expect(second).toMatchObject({ status: "rejected", reason: { message: "the door is gone" } });
  });
});

describe("a drive that holds an earlier image", () => {
  it("is read, and written only where it differs", async () => {
    const drive = bench.drive(100 * MIB);
    expect((await startWriter(await flashJob(large, drive)).ended).last).toMatchObject({ savedBytes: 0 });
    const changed = join(bench.folder(), "changed.img");
    writeFileSync(changed, readFileSync(large));
    writeAt(changed, 50 * MIB + 100, randomFillSync(Buffer.alloc(100_000)));
    const { last } = await startWriter(await flashJob(changed, drive)).ended;
    expect(last).toMatchObject({ event: "flashed" });
    // The head, one chunk before the first look tells, and two blocks or three.
    expect(last?.event === "flashed" && last.savedBytes).toBeGreaterThan(94 * MIB);
    expect(holds(drive, changed)).toBe(true);
  });

  it.each([
    ["full", 0],
    ["difference", 95 * MIB],
    ["auto", 95 * MIB],
  ] as const)("may be written %s", async (mode, savedBytes) => {
    const drive = bench.drive(100 * MIB);
    writeAt(drive, 0, readFileSync(large));
    const { last } = await startWriter(await flashJob(large, drive, [], { mode })).ended;
    expect(last).toMatchObject({ event: "flashed", savedBytes });
    expect(holds(drive, large)).toBe(true);
  });

  it("is gone on with where the writer was killed", async () => {
    const drive = bench.drive(100 * MIB);
    writeAt(drive, 0, Buffer.alloc(100 * MIB, 0xa5));
    const writer = startWriter(await flashJob(large, drive));
    await slowDown(writer, drive);
    await writer.event((event) => event.event === "progress" && event.position >= 8 * MIB);
    writer.child.kill("SIGKILL");
    await writer.ended;
    expect(readAt(drive, 0, MIB).equals(zeros)).toBe(true);
    for (const limit of throttles.splice(0)) await limit.lift();
    const { last } = await startWriter(await flashJob(large, drive)).ended;
    expect(last?.event === "flashed" && last.savedBytes).toBeGreaterThanOrEqual(6 * MIB);
    expect(holds(drive, large)).toBe(true);
  });
});
