import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createCardBench } from "../../support/media/card-bench.ts";
import { createBench, MIB, run } from "../drives/bench.ts";
import type { Fault } from "./faulty-medium.ts";
import { makeCardImage, readAt, writeAt } from "./images.ts";
import {
  failedWith,
  flashJob,
  killWriters,
  reaches,
  startWriter,
  type WriterProcess,
  writerScript,
} from "./writer-process.ts";

const shared = createBench();
const bench = createCardBench();
let image: string;
let largeImage: string;

beforeAll(() => {
  const folder = shared.folder();
  image = makeCardImage(folder);
  largeImage = join(folder, "large.img");
  writeFileSync(largeImage, "");
  truncateSync(largeImage, 3072 * MIB);
  writeAt(largeImage, 0, Buffer.alloc(MIB, 0xb0));
});
afterEach(async () => {
  await killWriters();
  bench.clear();
});
afterAll(shared.clear);

const zeros = Buffer.alloc(MIB);

const endless = "x".repeat(9 * MIB);

/** Ended within a second, said that it was cancelled, left a drive that is closed and does not start. */
async function expectCancelled(writer: WriterProcess, drive: string, since: number): Promise<void> {
  const { code, last } = await writer.ended;
  expect(performance.now() - since).toBeLessThan(1000);
  expect(code).toBe(3);
  expect(last).toEqual({ event: "cancelled" });
  expect(readAt(drive, 0, MIB).equals(zeros)).toBe(true);
  run("wipefs", "--all", "--force", drive);
}

it("blames the disk on which the image lies where that fails, and not the drive", async () => {
  const source = await bench.card({ sizeBytes: 512 * MIB });
  const path = run("losetup", "--noheadings", "--output", "BACK-FILE", source.device);
  writeAt(source.store, 0, readAt(largeImage, 0, MIB));
  const drive = bench.drive(512 * MIB);
  const writer = startWriter(await flashJob(path, drive));
  await writer.event(reaches("write"));
  writer.child.kill("SIGSTOP");
  await source.pull();
  writer.child.kill("SIGCONT");
  expect((await writer.ended).last).toMatchObject({
    error: { code: "FILE_UNREADABLE", message: expect.stringContaining(path) },
  });
});

describe("a writer at work", () => {
  it.each([
    ["told to cancel", (writer: WriterProcess) => writer.child.stdin.write('{"command":"cancel"}\n')],
    ["told a line that does not end", (writer: WriterProcess) => writer.child.stdin.write(endless)],
    ["whose stdin closes", (writer: WriterProcess) => writer.child.stdin.end()],
    ["that gets SIGTERM", (writer: WriterProcess) => writer.child.kill("SIGTERM")],
    ["that gets SIGINT", (writer: WriterProcess) => writer.child.kill("SIGINT")],
  ])("%s ends at once while it writes", async (_, interrupt) => {
    const drive = bench.drive(3072 * MIB);
    writeAt(drive, 0, Buffer.alloc(MIB, 0xa5));
    const writer = startWriter(await flashJob(largeImage, drive));
    await writer.event(reaches("write"));
    const since = performance.now();
    interrupt(writer);
    await expectCancelled(writer, drive, since);
  });

  it("ends at once while it reads back", async () => {
    const drive = bench.drive(3072 * MIB);
    const writer = startWriter(await flashJob(largeImage, drive, [], { mode: "full" }));
    await writer.event(reaches("verify"));
    const since = performance.now();
    writer.child.stdin.write('{"command":"cancel"}\n');
    await expectCancelled(writer, drive, since);
  });

  it("ends at once while it inspects", async () => {
    const writer = startWriter({ job: "inspect", path: largeImage });
    await writer.event(reaches("inspect"));
    const since = performance.now();
    writer.child.stdin.write('{"command":"cancel"}\n');
    expect((await writer.ended).code).toBe(3);
    expect(performance.now() - since).toBeLessThan(1000);
  });

  it("is not disturbed by a line that is no command", async () => {
    const drive = bench.drive(32 * MIB);
    const writer = startWriter(await flashJob(image, drive));
    writer.child.stdin.write('garbage\n{"command":"eject"}\n');
    expect((await writer.ended).code).toBe(0);
  });

  it("ends when the process that started it is killed", async () => {
    const drive = bench.drive(3072 * MIB);
    const job = JSON.stringify(await flashJob(largeImage, drive));
    const script = `
      const child = require("node:child_process").spawn(process.execPath, [${JSON.stringify(writerScript)}], { stdio: ["pipe", "pipe", "ignore"] });
      child.stdin.write(${JSON.stringify(`${job}\n`)});
      child.stdout.once("data", () => console.log(child.pid));
      child.stdout.resume();
      setInterval(() => {}, 1e6);`;
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    // Who adopts the writer may leave it a zombie for a while: that has no program any more.
    const writer = join("/proc", String(line), "exe");
    expect(existsSync(writer)).toBe(true);
    const since = performance.now();
    parent.kill("SIGKILL");
    await expect.poll(() => existsSync(writer), { timeout: 5000, interval: 20 }).toBe(false);
    expect(performance.now() - since).toBeLessThan(1000);
    expect(readAt(drive, 0, MIB).equals(zeros)).toBe(true);
  });
});

describe("a medium that fails", () => {
  const faultyMedium = join(import.meta.dirname, "faulty-medium.ts");

  async function flashWith(faults: Fault[]) {
    const drive = bench.drive(32 * MIB);
    writeAt(drive, 0, Buffer.alloc(MIB, 0xa5));
    const env = { FAULTS: JSON.stringify(faults) };
    // What an empty drive holds already would not be written.
    const job = await flashJob(image, drive, [], { mode: "full" });
    const ended = await startWriter(job, ["--import", faultyMedium], env).ended;
    return { ended, head: readAt(drive, 0, MIB) };
  }

  it.each<[string, string, Fault[]]>([
    ["DRIVE_VERIFY_FAILED", "keeps another bit", [{ op: "write", offset: 7 * MIB, fault: "flip" }]],
    ["DRIVE_VERIFY_FAILED", "reads another bit", [{ op: "read", offset: 7 * MIB, fault: "flip" }]],
    ["DRIVE_VERIFY_FAILED", "keeps another head", [{ op: "write", offset: 0, nth: 2, fault: "flip" }]],
    ["DRIVE_IO", "does not take a chunk", [{ op: "write", offset: 7 * MIB, fault: "EIO" }]],
    ["DRIVE_IO", "does not give a chunk", [{ op: "read", offset: 7 * MIB, fault: "EIO" }]],
    ["DRIVE_IO", "takes less than it says", [{ op: "write", offset: 7 * MIB, fault: "ENOSPC" }]],
    ["DRIVE_GONE", "is pulled while it is written", [{ op: "write", offset: 7 * MIB, fault: "ENODEV" }]],
    ["DRIVE_GONE", "is pulled while it is read back", [{ op: "read", offset: 7 * MIB, fault: "ENXIO" }]],
    ["DRIVE_READ_ONLY", "turns read-only", [{ op: "write", offset: 7 * MIB, fault: "EROFS" }]],
  ])("ends with %s and does not start when it %s", async (code, _, faults) => {
    const { ended, head } = await flashWith(faults);
    expect(failedWith(ended)).toBe(code);
    expect(ended.code).toBe(1);
    expect(head.equals(zeros)).toBe(true);
  });

  it("is told from where on it is bad", async () => {
    const { ended } = await flashWith([{ op: "write", offset: 7 * MIB, fault: "flip" }]);
    expect(ended.last).toMatchObject({ error: { details: { badOffset: 7 * MIB } } });
  });

  it("is forgiven a chunk that it takes the second time", async () => {
    const { ended } = await flashWith([{ op: "write", offset: 7 * MIB, nth: 1, fault: "EIO" }]);
    expect(ended.code).toBe(0);
  });
});
