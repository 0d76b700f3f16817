import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { WriterEvent } from "#contract/writer.ts";
import {
  biosRaids,
  type Signature,
  signaturesAtTheBeginning,
  signaturesAtTheEnd,
} from "../../support/media/signatures.ts";
import { createBench, MIB, run } from "../drives/bench.ts";
import { makeCardImage, pack, readAt } from "./images.ts";
import { flash, flashJob, identify, killWriters, reaches, startWriter } from "./writer-process.ts";

const GIB = 1024 * MIB;
const DRIVE = 200 * MIB;

const shared = createBench();
const bench = createBench();
let image: string;
let tiny: string;

beforeAll(() => {
  image = makeCardImage(shared.folder());
  tiny = imageWith(2 * MIB, "start=2048,type=83");
});
afterEach(async () => {
  await killWriters();
  bench.clear();
});
afterAll(shared.clear);

/** The first bytes of a drive with this table. */
function imageWith(sizeBytes: number, table: string, ...options: string[]): string {
  const folder = shared.folder();
  const path = join(folder, "image.img");
  const loop = shared.attach(shared.file(path, DRIVE), ...options);
  run("sh", "-c", `printf '%b\\n' "$1" | sfdisk --quiet "$2"`, "sh", table, loop);
  run("losetup", "--detach", loop);
  truncateSync(path, sizeBytes);
  return path;
}

type Span = { offset: number; sizeBytes: number };
type Drive = { file: string; device: string };

function newDrive(sizeBytes = DRIVE, ...options: string[]): Drive {
  const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), sizeBytes);
  return { file, device: bench.attach(file, ...options) };
}

/** Acts on a part of a drive as on a partition: with a device of its own, for as long as it takes. */
function within<T>({ file, device }: Drive, { offset, sizeBytes }: Span, act: (part: string) => T): T {
  const bounds = ["--offset", `${offset}`, "--sizelimit", `${sizeBytes}`];
  const part = bench.attach(file, ...bounds, "--sector-size", run("blockdev", "--getss", device));
  try {
    return act(part);
  } finally {
    run("losetup", "--detach", part);
  }
}

const signaturesOn = (device: string) => run("wipefs", "--no-act", "--parsable", "--noheadings", device);

function sign(signature: Signature, device: string): void {
  signature.sign(device);
  run("blockdev", "--flushbufs", device);
  expect(signaturesOn(device)).toMatch(new RegExp(`,${signature.type}$`, "m"));
}

/** What the image alone shows on a drive of this size. */
function imageAlone(path: string, sizeBytes = DRIVE, ...options: string[]): Drive {
  const file = join(bench.folder(), "alone");
  copyFileSync(path, file);
  truncateSync(file, sizeBytes);
  return { file, device: bench.attach(file, ...options) };
}

async function expectFlashed(path: string, drive: string | string[], options = {}): Promise<void> {
  const { code, last } = await flash(path, drive, [], options);
  expect(last).toMatchObject({ event: "flashed" });
  expect(code).toBe(0);
}

const raids = (device: string) => run("mdadm", "--examine", "--scan", device);
const raid = signaturesAtTheEnd.find(({ name }) => name === "a RAID 1.0") as Signature;

const everySignature = [...biosRaids, ...signaturesAtTheEnd, ...signaturesAtTheBeginning];
/** Of each place the one that is hardest to reach. */
const remotest = everySignature.filter(({ name }) =>
  ["promise_fasttrack", "a RAID 1.0", "a ZFS pool", "LUKS whose first header is gone"].includes(name),
);

/** A drive for each of them, which was that before. */
function signed(
  signatures: Signature[],
  signOne: (old: Signature, drive: Drive) => void,
  ...options: string[]
) {
  return signatures.map((old) => {
    const drive = newDrive(DRIVE, ...options);
    signOne(old, drive);
    return { name: old.name, ...drive };
  });
}

type Signed = ReturnType<typeof signed>;
const onWhole = (old: Signature, { device }: Drive) => sign(old, device);
const devicesOf = (drives: Signed) => drives.map(({ device }) => device);

/** What is found on each drive, by what it was. */
const tell = (drives: Signed, look: (drive: Drive) => string) =>
  Object.fromEntries(drives.map((drive) => [drive.name, look(drive)]));

describe.each([512, 4096])("drives with sectors of %d bytes, once an image is on them,", (sectorBytes) => {
  const options = ["--sector-size", `${sectorBytes}`];

  it.each([
    ["at their ends", () => image, [...biosRaids, ...signaturesAtTheEnd]],
    ["at their beginnings, however small the image is", () => tiny, signaturesAtTheBeginning],
  ])("show the image, and nothing of what signed them before %s", async (_, pathOf, signatures) => {
    const drives = signed(signatures, onWhole, ...options);
    await expectFlashed(pathOf(), devicesOf(drives));
    const alone = signaturesOn(imageAlone(pathOf(), DRIVE, ...options).device);
    expect(tell(drives, ({ device }) => signaturesOn(device))).toEqual(tell(drives, () => alone));
    expect(tell(drives, ({ device }) => raids(device))).toEqual(tell(drives, () => ""));
  });
});

describe("a partition of which the image holds the beginning only", () => {
  const root = { offset: 18 * MIB, sizeBytes: 150 * MIB };
  const tables = {
    dos: "label: dos\\nstart=4096,size=32768,type=b\\nstart=36864,size=307200,type=83",
    gpt: "label: gpt\\nstart=4096,size=32768\\nstart=36864,size=307200",
  };

  it("shows nothing of what signed its end before", async () => {
    const drives = signed(signaturesAtTheEnd, (old, drive) => within(drive, root, (part) => sign(old, part)));
    await expectFlashed(imageWith(24 * MIB, tables.dos), devicesOf(drives));
    const look = (part: string) => signaturesOn(part) + raids(part);
    expect(tell(drives, (drive) => within(drive, root, look))).toEqual(tell(drives, () => ""));
  });

  it.each([
    ["a GPT", 512, tables.gpt],
    ["a GPT in sectors of 4096 bytes", 4096, "label: gpt\\nstart=512,size=4096\\nstart=4608,size=38400"],
    ["an MBR in sectors of 4096 bytes", 4096, "label: dos\\nstart=512,size=4096\\nstart=4608,size=38400"],
    [
      "an extended partition",
      512,
      "label: dos\\nstart=4096,size=16384\\nstart=20480,size=323584,type=5\\nstart=36864,size=307200",
    ],
  ])("is no more a RAID at its end, whose place is told by %s", async (_, sectorBytes, table) => {
    const options = ["--sector-size", `${sectorBytes}`];
    const cut = imageWith(24 * MIB, table, ...options);
    const drive = newDrive(DRIVE, ...options);
    within(drive, root, (part) => sign(raid, part));
    await expectFlashed(pack(cut, "zst"), drive.device);
    expect(within(drive, root, signaturesOn)).toBe("");
  });

  it("shows nothing of what signed its beginning before, where that is behind the image", async () => {
    const behind = { offset: 40 * MIB, sizeBytes: 120 * MIB };
    const cut = imageWith(24 * MIB, "label: dos\\nstart=4096,size=32768\\nstart=81920,size=245760");
    const signOne = (old: Signature, drive: Drive) => within(drive, behind, (part) => sign(old, part));
    const drives = signed(signaturesAtTheBeginning, signOne);
    await expectFlashed(cut, devicesOf(drives));
    expect(tell(drives, (drive) => within(drive, behind, signaturesOn))).toEqual(tell(drives, () => ""));
  });
});

describe("the last partition, grown to the end of the drive as a device does at its first start,", () => {
  const grown = { offset: 18 * MIB, sizeBytes: DRIVE - 18 * MIB };

  function grow(device: string): void {
    run("sh", "-c", 'echo ",+" | sfdisk --quiet --no-reread --no-tell-kernel -N2 "$1"', "sh", device);
    const { partitiontable } = JSON.parse(run("sfdisk", "--json", device));
    expect(partitiontable.partitions[1]).toMatchObject({ start: 36_864, size: grown.sizeBytes / 512 });
  }

  it("is the image's, whatever signed its end before", async () => {
    const drives = signed(signaturesAtTheEnd, (old, drive) =>
      within(drive, grown, (part) => sign(old, part)),
    );
    await expectFlashed(image, devicesOf(drives));
    for (const { device } of drives) grow(device);
    const [alone] = signed([raid], (_, { device }) => run("dd", `if=${image}`, `of=${device}`, "bs=1M"));
    const wanted = alone ? within(alone, grown, signaturesOn) : "none";
    expect(wanted).toMatch(/^[^\n]*,ext4$/);
    expect(tell(drives, (drive) => within(drive, grown, signaturesOn))).toEqual(tell(drives, () => wanted));
  });
});

describe("Btrfs' copies of its superblock", () => {
  it("are gone from the drive, and from its partitions", async () => {
    const drive = newDrive(300 * GIB);
    const root = { offset: 18 * MIB, sizeBytes: 300 * GIB - 18 * MIB };
    run("mkfs.btrfs", "-q", "-f", drive.device);
    within(drive, root, (part) => void run("mkfs.btrfs", "-q", "-f", part));
    const copies = [0, root.offset].flatMap((start) => [64 * MIB, 256 * GIB].map((copy) => start + copy));
    const magic = (at: number) => readAt(drive.device, at + 64, 8).toString("latin1");
    expect(copies.slice(2).map(magic)).toEqual(["_BHRfS_M", "_BHRfS_M"]);
    await expectFlashed(imageReaching(300 * GIB), drive.device);
    expect(copies.map(magic)).toEqual(copies.map(() => "\0".repeat(8)));
  });

  /** As large as the other image, with a table that says more. */
  function imageReaching(sizeBytes: number): string {
    const file = join(bench.folder(), "reaching.img");
    copyFileSync(image, file);
    truncateSync(file, sizeBytes);
    run("sh", "-c", 'echo ",+" | sfdisk --quiet -N2 "$1"', "sh", file);
    truncateSync(file, 24 * MIB);
    return file;
  }
});

describe("an older partition table", () => {
  const table = (device: string) => spawnSync("sgdisk", ["--print", device], { encoding: "utf8" });
  const listed = (device: string) => `${table(device).stdout}${table(device).stderr}`;

  function partitioned(device: string): void {
    run("sgdisk", "--new=1:2048:+30M", "--change-name=1:EARLIER", device);
    run("blockdev", "--flushbufs", device);
  }

  it("is not loaded back from its copy at the end", async () => {
    const { device } = newDrive();
    partitioned(device);
    await expectFlashed(image, device);
    const answers = "r\nc\ny\np\nq\n";
    const recovered = spawnSync("gdisk", [device], { input: answers, encoding: "utf8" }).stdout;
    expect(recovered).not.toContain("EARLIER");
    expect(listed(device)).not.toMatch(/EARLIER|backup/);
  });

  it.each(["write", "verify"] as const)("is gone as soon as a flash can be broken off: %s", async (stage) => {
    const { device } = newDrive(GIB);
    const large = bench.file(join(bench.folder(), "large.img"), 640 * MIB);
    run("dd", `if=${image}`, `of=${large}`, "bs=1M", "conv=notrunc", "status=none");
    partitioned(device);
    const writer = startWriter(await flashJob(large, device, [], { mode: "full" }));
    await writer.event(reaches(stage));
    writer.child.stdin.write('{"command":"cancel"}\n');
    expect((await writer.ended).code).toBe(3);
    expect(listed(device)).not.toContain("EARLIER");
    expect(signaturesOn(device)).toBe("");
  });
});

describe("an image with a GPT on a larger drive", () => {
  const said = ({ events }: { events: WriterEvent[] }) =>
    events.flatMap((event) => (event.event === "log" ? [event.text] : []));

  /** A table whose copy lies at the end of the image. */
  function gptImage(sizeBytes: number): string {
    const path = bench.file(join(bench.folder(), "gpt.img"), sizeBytes);
    run("sgdisk", "--new=1:2048:+8M", "--new=2:20480:0", path);
    return path;
  }

  it("stays as it is, and it is said who moves the table's copy", async () => {
    const path = gptImage(24 * MIB);
    const { device } = newDrive();
    run("sgdisk", "--new=1:2048:+30M", "--change-name=1:EARLIER", device);
    run("blockdev", "--flushbufs", device);
    const ended = await flash(path, device);
    expect(said(ended)).toEqual([expect.stringContaining("sgdisk --move-second-header")]);
    expect(readAt(device, 0, 24 * MIB).equals(readFileSync(path))).toBe(true);
    expect(signaturesOn(device)).toBe(signaturesOn(imageAlone(path).device));
  });

  it("is sound once the copy was moved, by who grows the last partition or by hand", async () => {
    for (const move of [
      'sgdisk --move-second-header "$1"',
      'echo ",+" | sfdisk --quiet --no-reread --no-tell-kernel -N2 "$1"',
    ]) {
      const { device } = newDrive();
      await expectFlashed(gptImage(24 * MIB), device);
      run("sh", "-c", move, "sh", device);
      expect(run("sgdisk", "--verify", device)).toMatch(/^\n*No problems found/m);
    }
  });

  it("is not spoken of where the image fills the drive", async () => {
    const path = gptImage(32 * MIB);
    expect(said(await flash(path, newDrive(32 * MIB).device))).toEqual([]);
  });
});

describe("every way onto a drive", () => {
  it("blanks one that holds the image already", async () => {
    const { device } = newDrive();
    await expectFlashed(image, device);
    raid.sign(device);
    run("blockdev", "--flushbufs", device);
    const { last } = await flash(image, device);
    expect(last).toMatchObject({ event: "flashed", savedBytes: 23 * MIB });
    expect(signaturesOn(device)).toBe(signaturesOn(imageAlone(image).device));
  });

  it.each(["auto", "full", "difference"] as const)("blanks in the mode %s", async (mode) => {
    const { device } = newDrive();
    sign(raid, device);
    await expectFlashed(image, device, { mode });
    expect(signaturesOn(device)).toBe(signaturesOn(imageAlone(image).device));
  });

  it("blanks a practice drive that is only a file", async () => {
    const drive = newDrive();
    sign(raid, drive.device);
    run("losetup", "--detach", drive.device);
    await expectFlashed(image, drive.file);
    expect(signaturesOn(drive.file)).toBe(signaturesOn(imageAlone(image).device));
  });
});

describe("a drive that is restored", () => {
  const partition = { offset: 4 * MIB, sizeBytes: DRIVE - 4 * MIB };
  const restored = async (device: string) =>
    startWriter({ job: "restore", drive: await identify(device), label: "HOLIDAYS" }).ended;

  it("shows nothing of what signed it before", async () => {
    const drives = signed(remotest, onWhole);
    for (const { device } of drives) expect((await restored(device)).code).toBe(0);
    const look = ({ device }: Drive) =>
      signaturesOn(device).replace(/^0x1fe,[^,]*,,dos$/, "") + raids(device);
    expect(tell(drives, look)).toEqual(tell(drives, () => ""));
  });

  it("has a partition that shows nothing of before", async () => {
    const signOne = (old: Signature, drive: Drive) => within(drive, partition, (part) => sign(old, part));
    const drives = signed([raid], signOne);
    for (const { device } of drives) expect((await restored(device)).code).toBe(0);
    const types = (part: string) => signaturesOn(part).replaceAll(/^.*,/gm, "");
    const look = (drive: Drive) => within(drive, partition, types);
    expect(tell(drives, look)).toEqual(tell(drives, () => "exfat\ndos"));
  });
});

describe("a drive that was tested in full", () => {
  async function startTest(device: string) {
    const journalFolder = join(bench.folder(), "borrowed");
    return startWriter({ job: "test", drive: await identify(device), mode: "full", journalFolder });
  }

  it("shows nothing of before, nor of the test", async () => {
    const { device } = newDrive();
    sign(raid, device);
    expect((await (await startTest(device)).ended).code).toBe(0);
    expect(signaturesOn(device)).toBe("");
    for (const [at, length] of [
      [0, 8 * MIB],
      [64 * MIB, 4096],
      [DRIVE - 2 * MIB, 2 * MIB],
    ] as const)
      expect(readAt(device, at, length).equals(Buffer.alloc(length))).toBe(true);
  });

  it("shows no older table, where the test was broken off", async () => {
    const { device } = newDrive(3 * GIB);
    run("sgdisk", "--new=1:2048:+30M", "--change-name=1:EARLIER", device);
    run("blockdev", "--flushbufs", device);
    const writer = await startTest(device);
    await writer.event((event) => event.event === "progress" && event.position > 0);
    writer.child.stdin.write('{"command":"cancel"}\n');
    expect((await writer.ended).code).toBe(3);
    expect(spawnSync("sgdisk", ["--print", device], { encoding: "utf8" }).stdout).not.toContain("EARLIER");
    expect(signaturesOn(device)).toBe("");
  });
});
