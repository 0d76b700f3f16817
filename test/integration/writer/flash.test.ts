import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { anIdentity } from "../../support/nixos/identity-bench.ts";
import { announcePartitions, createBench, MIB, run } from "../drives/bench.ts";
import { FIRMWARE, makeCardImage, pack, readAt, writeAt } from "./images.ts";
import { flash, flashJob, inspect, killWriters, startWriter } from "./writer-process.ts";

const shared = createBench();
const bench = createBench();
let image: string;

beforeAll(() => {
  image = makeCardImage(shared.folder());
});
afterEach(async () => {
  await killWriters();
  bench.clear();
});
afterAll(shared.clear);

/** A drive that is full of something else. */
function usedDrive(sizeBytes: number): string {
  const drive = bench.drive(sizeBytes);
  writeAt(drive, 0, Buffer.alloc(sizeBytes, 0xa5));
  return drive;
}

/** The image, then as it was, but for the beginning and the end, where nothing old may sign the drive any more. */
function expectWritten(drive: string, content: Buffer): void {
  const found = readAt(drive, 0, 32 * MIB);
  const wanted = Buffer.alloc(found.length, 0xa5)
    .fill(0, 0, 8 * MIB)
    .fill(0, found.length - 2.25 * MIB);
  content.copy(wanted);
  // A practice file is written in blocks of 4096 bytes.
  const block = drive.startsWith("/dev/") ? 512 : 4096;
  wanted.fill(0, content.length, Math.ceil(content.length / block) * block);
  expect(found.equals(wanted)).toBe(true);
}

describe("an image on a drive", () => {
  it.each(["raw", "zst", "gz", "xz"] as const)("is byte for byte the unpacked %s file", async (format) => {
    const file = format === "raw" ? image : pack(image, format);
    const drive = usedDrive(32 * MIB);
    const { code, last } = await flash(file, drive);
    expect(last).toMatchObject({ event: "flashed", sizeBytes: 24 * MIB });
    expect(code).toBe(0);
    expectWritten(drive, readFileSync(image));
  });

  it("is unpacked by what it is, not by what it is called", async () => {
    const renamed = join(bench.folder(), "card.img");
    copyFileSync(pack(image, "zst"), renamed);
    const drive = usedDrive(32 * MIB);
    expect((await flash(renamed, drive)).code).toBe(0);
    expectWritten(drive, readFileSync(image));
  });

  it.each([1, 511, 513, MIB - 1, MIB, MIB + 1, 3 * MIB + 700])(
    "may have any size: %d bytes, raw and packed",
    async (sizeBytes) => {
      const odd = join(bench.folder(), "odd.img");
      const content = randomFillSync(Buffer.alloc(sizeBytes));
      content.writeUInt8(0, 0);
      writeFileSync(odd, content);
      for (const file of [odd, pack(odd, "zst")]) {
        const drive = usedDrive(8 * MIB);
        expect((await flash(file, drive)).last).toMatchObject({ event: "flashed", sizeBytes });
        expectWritten(drive, content);
      }
    },
  );

  it("may fill the drive to its last sector", async () => {
    const full = join(bench.folder(), "full.img");
    writeFileSync(full, randomFillSync(Buffer.alloc(5 * MIB + 1536)).fill(0, 0, 1));
    const drive = bench.drive(5 * MIB + 1536);
    expect((await flash(full, drive)).code).toBe(0);
    expect(readAt(drive, 0, 6 * MIB).equals(readFileSync(full))).toBe(true);
  });

  it.each(["zst", "gz", "xz"] as const)(
    "keeps its islands where long runs of zeros are packed as %s",
    async (format) => {
      const sparse = join(bench.folder(), "sparse.img");
      writeFileSync(sparse, "");
      truncateSync(sparse, 120 * MIB);
      for (const island of [3, 30, 46, 77, 93, 119]) {
        writeAt(sparse, island * MIB + 5000, randomFillSync(Buffer.alloc(3000)));
      }
      const drive = bench.drive(128 * MIB);
      expect((await flash(pack(sparse, format), drive)).code).toBe(0);
      expect(readAt(drive, 0, 120 * MIB).equals(readFileSync(sparse))).toBe(true);
    },
  );

  it.each(["zst", "gz", "xz"] as const)("may be packed as several %s streams in one file", async (format) => {
    const folder = bench.folder();
    const parts = [0, 1, 2].map((number) => {
      const part = join(folder, `part${number}`);
      writeFileSync(part, randomFillSync(Buffer.alloc(700_000)).fill(0, 0, 1));
      return { content: readFileSync(part), packed: readFileSync(pack(part, format)) };
    });
    const joined = join(folder, "joined.img");
    writeFileSync(joined, Buffer.concat(parts.map((part) => part.packed)));
    const drive = usedDrive(8 * MIB);
    expect((await flash(joined, drive)).code).toBe(0);
    expectWritten(drive, Buffer.concat(parts.map((part) => part.content)));
  });
});

describe("what the writer tells", () => {
  it("is each stage from its start to its end, forwards, with speed and time left", async () => {
    const { events } = await flash(image, usedDrive(32 * MIB));
    const progress = events.filter((event) => event.event === "progress");
    for (const stage of ["write", "verify"] as const) {
      const positions = progress.filter((event) => event.stage === stage).map((event) => event.position);
      expect(positions.at(0)).toBe(0);
      expect(positions.at(-1)).toBe(24 * MIB);
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    }
    expect(progress.at(-1)).toMatchObject({ stage: "verify", sizeBytes: 24 * MIB, etaSeconds: 0 });
    expect(progress.at(-1)?.averageSpeed).toBeGreaterThan(0);
  });
});

describe("real bootable images", () => {
  it.each([
    "/usr/lib/ipxe/ipxe.iso",
    "/usr/lib/memtest86+/memtest86+x64.iso",
    "/usr/lib/grub-rescue/grub-rescue-usb.img",
    "/usr/lib/grub-rescue/grub-rescue-cdrom.iso",
  ])("%s arrives whole, raw and packed", async (path) => {
    const content = readFileSync(path);
    const copy = join(bench.folder(), "boot.img");
    copyFileSync(path, copy);
    for (const file of [path, pack(copy, "xz")]) {
      const drive = usedDrive(16 * MIB);
      expect((await flash(file, drive)).last).toMatchObject({ event: "flashed", sizeBytes: content.length });
      expectWritten(drive, content);
    }
  });
});

describe("a personalised card", () => {
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"k".repeat(360)}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const files = [
    { path: "floppy/identity.json", content: `${JSON.stringify(anIdentity)}\n` },
    { path: "floppy/ssh_host_ed25519_key", content: key },
    { path: "floppy/ssh_host_ed25519_key.pub", content: "ssh-ed25519 AAAA host\n" },
  ];

  it.each(["raw", "zst", "gz", "xz"] as const)(
    "from a %s image is the image plus the files",
    async (format) => {
      const drive = usedDrive(32 * MIB);
      expect((await flash(format === "raw" ? image : pack(image, format), drive, files)).code).toBe(0);
      const partition = join(bench.folder(), "firmware.img");
      writeFileSync(partition, readAt(drive, FIRMWARE.offset, FIRMWARE.sizeBytes));
      for (const { path, content } of files)
        expect(`${run("mtype", "-i", partition, `::${path}`)}\n`).toBe(content);
      expect(run("mdir", "-b", "-i", partition, "::floppy").split("\n")).toEqual(
        files.map((file) => `::/${file.path}`),
      );
      expect(run("fsck.fat", "-n", partition)).not.toMatch(/differ|wrong|orphan|error|dirty|invalid/i);
      const written = readAt(drive, 0, 24 * MIB);
      const original = readFileSync(image);
      for (const { from, to } of [
        { from: 0, to: FIRMWARE.offset },
        { from: FIRMWARE.offset + FIRMWARE.sizeBytes, to: 24 * MIB },
      ]) {
        expect(written.subarray(from, to).equals(original.subarray(from, to))).toBe(true);
      }
      const kernel = join(bench.folder(), "kernel");
      run("mcopy", "-i", partition, "::kernel", kernel);
      expect(original.includes(readFileSync(kernel).subarray(0, 2048))).toBe(true);
    },
  );

  it("leaves the image file as it was", async () => {
    const before = await inspect(image);
    await flash(image, usedDrive(32 * MIB), files);
    expect(await inspect(image)).toEqual(before);
  });
});

describe("what is on the drive before", () => {
  it("is unmounted, however often and deep it is mounted", async () => {
    const drive = bench.drive(32 * MIB, { partitioned: true });
    announcePartitions(drive);
    run("mke2fs", "-q", "-t", "ext4", `${drive}p1`);
    run("mke2fs", "-q", "-t", "ext4", `${drive}p2`);
    const place = join(bench.folder(), "mnt with a blank");
    mkdirSync(place);
    bench.later(() => spawnSync("umount", ["--recursive", place]));
    run("mount", `${drive}p1`, place);
    mkdirSync(join(place, "deep"));
    run("mount", `${drive}p2`, join(place, "deep"));
    run("mount", "--bind", place, join(place, "deep"));
    const { code, events } = await flash(image, drive);
    expect(code).toBe(0);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(drive);
    expect(events.filter((event) => event.event === "log")).toHaveLength(3);
  });
});

describe("a practice drive that is only a file", () => {
  it("is written and verified like a drive", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 32 * MIB);
    writeAt(file, 0, Buffer.alloc(32 * MIB, 0xa5));
    expect((await flash(pack(image, "zst"), file)).code).toBe(0);
    expectWritten(file, readFileSync(image));
  });
});

describe("memory", () => {
  it.each([
    [1024, "zstd", ["-q", "-12"]],
    [1024, "gzip", ["-1"]],
    [320, "xz", ["-1"]],
  ])("stays below 250 MiB for %d MiB, mostly zeros, packed by %s", async (mebibytes, program, options) => {
    const large = join(bench.folder(), "large.img");
    writeFileSync(large, "");
    truncateSync(large, mebibytes * MIB);
    writeAt(large, 200 * MIB, randomFillSync(Buffer.alloc(8 * MIB)));
    run(program, ...options, large);
    const [packed = ""] = readdirSync(dirname(large)).filter((name) => name !== "large.img");
    const job = await flashJob(join(dirname(large), packed), bench.drive(1100 * MIB));
    const tellPeak = join(import.meta.dirname, "../../bench/tell-peak-memory.ts");
    const writer = startWriter(job, ["--import", tellPeak]);
    expect((await writer.ended).code).toBe(0);
    const [, kibibytes] = /peak memory (\d+) KiB/.exec(writer.stderr()) ?? [];
    expect(Number(kibibytes)).toBeGreaterThan(10 * 1024);
    expect(Number(kibibytes)).toBeLessThan(250 * 1024);
  });
});
