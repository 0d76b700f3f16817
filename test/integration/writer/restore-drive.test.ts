import { readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseBootSector } from "../../../src-main/writer/fat/geometry.ts";
import { makeFileSystem } from "../../../src-main/writer/restore/file-system.ts";
import { createCardBench } from "../../support/media/card-bench.ts";
import { MIB, run } from "../drives/bench.ts";
import { readAt, writeAt } from "./images.ts";
import { type Ended, failedWith, identify, killWriters, startWriter } from "./writer-process.ts";

const bench = createCardBench();
afterEach(async () => {
  await killWriters();
  bench.clear();
});

const OFFSET = 4 * MIB;

async function restore(drive: string): Promise<Ended> {
  return startWriter({ job: "restore", drive: await identify(drive), label: "HOLIDAYS" }).ended;
}

/** A place on the PATH with these programs alone. */
function onlyTools(...tools: string[]): void {
  const folder = bench.folder();
  for (const tool of tools) symlinkSync(run("sh", "-c", `command -v ${tool}`), join(folder, tool));
  vi.stubEnv("PATH", folder);
}

describe("a restored drive", () => {
  it.each([64, 700, 40_000])(
    "of %d MiB has one partition with a sound file system and its label",
    async (mebibytes) => {
      const sizeBytes = mebibytes * MIB;
      const drive = bench.drive(sizeBytes);
      expect((await restore(drive)).last).toEqual({
        event: "restored",
        restored: { filesystem: "exFAT", label: "HOLIDAYS", sizeBytes: sizeBytes - OFFSET },
      });
      expect(run("sfdisk", "--dump", drive)).toMatch(/start= +8192, size= +\d+, type=7$/m);
      const loop = bench.attach(
        run("losetup", "--noheadings", "--output", "BACK-FILE", drive),
        "--offset",
        `${OFFSET}`,
      );
      expect(run("fsck.exfat", "-n", loop)).toMatch(/clean/);
      expect(run("blkid", "-p", "-o", "export", loop)).toMatch(/LABEL=HOLIDAYS\n(.*\n)*TYPE=exfat/);
    },
  );

  it("with sectors of 4096 bytes has FAT, which mkfs.exfat could not make there", async () => {
    const path = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 700 * MIB);
    const drive = bench.attach(path, "--sector-size", "4096");
    expect((await restore(drive)).last).toMatchObject({ restored: { filesystem: "FAT" } });
    expect(run("sfdisk", "--dump", drive)).toMatch(/start= +1024, size= +178176, type=c$/m);
    const partition = join(bench.folder(), "partition");
    run("dd", `if=${drive}`, `of=${partition}`, "bs=1M", "skip=4", "conv=sparse", "status=none");
    expect(run("fsck.fat", "-n", partition)).not.toMatch(/differ|wrong|orphan|error|dirty|invalid/i);
    const note = join(bench.folder(), "note.txt");
    writeFileSync(note, "it works");
    run("mcopy", "-i", partition, note, "::");
    expect(run("mtype", "-i", partition, "::note.txt")).toBe("it works");
    expect(run("mlabel", "-i", partition, "-s", "::")).toContain("HOLIDAYS");
  });

  it("has nothing left of what signed it before", async () => {
    const drive = bench.drive(200 * MIB);
    run("sh", "-c", `printf 'label: gpt\\n8192,\\n' | sfdisk --quiet "$1"`, "sh", drive);
    const file = run("losetup", "--noheadings", "--output", "BACK-FILE", drive);
    run("mkfs.btrfs", "-q", bench.attach(file, "--offset", `${OFFSET}`));
    await restore(drive);
    const signatures = run("wipefs", "--parsable", "--noheadings", drive).split("\n");
    expect(signatures).toHaveLength(1);
    expect(signatures[0]).toMatch(/dos$/);
    expect(run("wipefs", "--parsable", bench.attach(file, "--offset", `${OFFSET}`))).not.toContain("btrfs");
    expect(readAt(drive, 200 * MIB - 512, 512).equals(Buffer.alloc(512))).toBe(true);
  });

  it("is not said to be one where it lost what was written", async () => {
    const card = await bench.card({ sizeBytes: 64 * MIB, readOnlyAfter: { bytes: 0, how: "forgets" } });
    writeAt(card.store, OFFSET, Buffer.alloc(MIB, 0xa5));
    expect(failedWith(await restore(card.device))).toBe("DRIVE_VERIFY_FAILED");
    expect(readFileSync(card.store).subarray(0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

describe("where mkfs.exfat is that of exfat-utils, which knows no -L", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("a drive gets exFAT with its label all the same", async () => {
    const folder = bench.folder();
    const tool = `#!/bin/sh
      echo "mkexfatfs 1.3.0"
      while getopts "i:n:p:s:V" option; do
        case $option in
          n) label=$OPTARG ;;
          V) echo "Copyright (C) 2011-2018  Andrew Nayenko"; exit 0 ;;
          '?') exit 1 ;;
        esac
      done
      shift $((OPTIND - 1))
      exec ${run("sh", "-c", "command -v mkfs.exfat")} -L "$label" "$1"`;
    writeFileSync(join(folder, "mkfs.exfat"), tool, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
    const made = await makeFileSystem("HOLIDAYS", 64 * MIB, 512);
    expect(made).toMatchObject({ filesystem: "exFAT" });
    const partition = join(bench.folder(), "partition");
    writeFileSync(partition, made.front);
    truncateSync(partition, 64 * MIB);
    expect(run("blkid", "-p", "-o", "value", "-s", "LABEL", partition)).toBe("HOLIDAYS");
  });
});

describe("where no file can be made meanwhile", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("the folder for temporary files is named, and the drive is as it was", async () => {
    const drive = bench.drive(64 * MIB);
    writeAt(drive, 0, Buffer.alloc(MIB, 0xa5));
    const job = { job: "restore" as const, drive: await identify(drive), label: "HOLIDAYS" };
    const ended = await startWriter(job, [], { TMPDIR: "/nowhere/at/all" }).ended;
    expect(ended.last).toMatchObject({
      error: { code: "FILE_UNWRITABLE", message: expect.stringContaining("/nowhere/at/all") },
    });
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB, 0xa5))).toBe(true);
  });
});

describe("where mkfs.exfat is not installed", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    [4, 12, 0x01],
    [60, 16, 0x0e],
    [700, 32, 0x0c],
  ])("%d MiB get FAT%d", async (mebibytes, bits, partitionType) => {
    onlyTools("mkfs.fat");
    const made = await makeFileSystem("HOLIDAYS", mebibytes * MIB, 512);
    vi.unstubAllEnvs();
    expect(made).toMatchObject({ filesystem: "FAT", partitionType });
    const partition = join(bench.folder(), "partition");
    writeFileSync(partition, made.front);
    truncateSync(partition, mebibytes * MIB);
    expect(parseBootSector(made.front)).toMatchObject({ bits, label: "HOLIDAYS" });
    expect(run("fsck.fat", "-n", partition)).not.toMatch(/differ|wrong|orphan|error|dirty|invalid/i);
  });

  it("nor mkfs.fat, nothing is made", async () => {
    onlyTools();
    await expect(makeFileSystem("HOLIDAYS", 64 * MIB, 512)).rejects.toMatchObject({
      code: "TOOL_MISSING",
      hint: expect.stringContaining("Nothing was written"),
    });
  });
});
