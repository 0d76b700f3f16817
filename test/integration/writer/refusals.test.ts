import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { announcePartitions, createBench, MIB, pull, run } from "../drives/bench.ts";
import { makeCardImage, makeFat, pack, readAt, writeAt } from "./images.ts";
import {
  type Ended,
  failedWith,
  flash,
  flashJob,
  identify,
  inspect,
  killWriters,
  reaches,
  startWriter,
} from "./writer-process.ts";

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

const mark = Buffer.alloc(2 * MIB, 0xa5);

function usedDrive(sizeBytes = 32 * MIB): string {
  const drive = bench.drive(sizeBytes);
  writeAt(drive, 0, mark);
  return drive;
}

function expectUntouched(drive: string): void {
  expect(readAt(drive, 0, mark.length).equals(mark)).toBe(true);
}

function expectRefused(ended: Ended, code: string, drive: string): void {
  expect(failedWith(ended)).toBe(code);
  expect(ended.code).toBe(1);
  expectUntouched(drive);
}

function scratchFile(name: string, content: string | Buffer): string {
  const path = join(bench.folder(), name);
  writeFileSync(path, content);
  return path;
}

async function inspecting(path: string): Promise<Ended> {
  return startWriter({ job: "inspect", path }).ended;
}

describe("an image that cannot be written", () => {
  it.each([
    ["empty", "IMAGE_EMPTY", () => scratchFile("empty.img", "")],
    ["empty once unpacked", "IMAGE_EMPTY", () => pack(scratchFile("nothing.img", ""), "gz")],
    ["missing", "IMAGE_NOT_FOUND", () => join(bench.folder(), "none.img")],
    ["a folder", "FILE_UNREADABLE", () => bench.folder()],
    ["a device", "FILE_UNREADABLE", () => "/dev/zero"],
    ["bzip2", "IMAGE_FORMAT_UNKNOWN", () => packedBy("bzip2", "-k", ".bz2")],
    ["bzip2 that is called .img", "IMAGE_FORMAT_UNKNOWN", () => renamed(packedBy("bzip2", "-k", ".bz2"))],
    ["lzma", "IMAGE_FORMAT_UNKNOWN", () => packedBy("xz", "--format=lzma", ".lzma")],
    ["tar", "IMAGE_FORMAT_UNKNOWN", () => archived("tar", "--create", "--file")],
    ["tar in zstd", "IMAGE_FORMAT_UNKNOWN", () => pack(archived("tar", "--create", "--file"), "zst")],
    ["zstd in gzip", "IMAGE_FORMAT_UNKNOWN", () => pack(pack(copyOf("twice.img"), "zst"), "gz")],
  ])("is refused: %s", async (_, code, make) => {
    const ended = await inspecting(make());
    expect(failedWith(ended)).toBe(code);
    expect(ended.code).toBe(1);
  });

  function copyOf(name: string): string {
    const path = join(bench.folder(), name);
    copyFileSync("/usr/lib/grub-rescue/grub-rescue-usb.img", path);
    return path;
  }

  function packedBy(program: string, option: string, suffix: string): string {
    const path = copyOf("image.img");
    run(program, option, path);
    return `${path}${suffix}`;
  }

  function renamed(path: string): string {
    const path2 = join(bench.folder(), "renamed.img");
    copyFileSync(path, path2);
    return path2;
  }

  function archived(program: string, ...options: string[]): string {
    const path = join(bench.folder(), "archive.img");
    run(program, ...options, path, "/etc/hostname");
    return path;
  }
});

describe("a packed image that is not whole", () => {
  it.each(["zst", "gz", "xz"] as const)("is refused where it ends: .%s", async (format) => {
    const packed = pack(image, format);
    const whole = readFileSync(packed);
    for (const length of [Math.floor(whole.length / 2), whole.length - 1, 9]) {
      expect(failedWith(await inspecting(scratchFile("cut.img", whole.subarray(0, length))))).toBe(
        "IMAGE_TRUNCATED",
      );
    }
  });

  it.each(["zst", "gz", "xz"] as const)("is refused with something after its end: .%s", async (format) => {
    const packed = readFileSync(pack(image, format));
    const padded = Buffer.concat([Buffer.alloc(512), Buffer.from("something else")]);
    for (const rest of [padded.subarray(512), padded, packed.subarray(0, 1000), packed.subarray(0, 3)]) {
      const path = scratchFile("longer.img", Buffer.concat([packed, rest]));
      expect(failedWith(await inspecting(path))).toBe("IMAGE_TRUNCATED");
    }
  });

  it.each(["zst", "gz", "xz"] as const)("is refused with a flipped bit: .%s", async (format) => {
    const packed = readFileSync(pack(image, format));
    packed.writeUInt8(packed.readUInt8(packed.length >> 1) ^ 1, packed.length >> 1);
    expect(failedWith(await inspecting(scratchFile("flipped.img", packed)))).toBe("IMAGE_TRUNCATED");
  });

  it("leaves a drive that does not start, when it was exchanged unnoticed after it was checked", async () => {
    const path = scratchFile("image.zst", readFileSync(pack(image, "zst")));
    const drive = usedDrive();
    const job = await flashJob(path, drive);
    const { atime, mtime } = statSync(path);
    writeAt(path, statSync(path).size >> 1, Buffer.alloc(4096));
    utimesSync(path, atime, mtime);
    if (job.job === "flash") job.image.modifiedMs = statSync(path).mtimeMs;
    const ended = await startWriter(job).ended;
    expect(failedWith(ended)).toBe("IMAGE_TRUNCATED");
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

/** Acts between the writer's last look at image and drive and its first byte: it asks `flock` then. */
function flockThat(act: string): { PATH: string } {
  const folder = bench.folder();
  writeFileSync(join(folder, "flock"), `#!/bin/sh\n${act}\nexec /usr/bin/flock "$@"\n`, { mode: 0o755 });
  return { PATH: `${folder}:${process.env.PATH}` };
}

describe("an image that changed since it was checked", () => {
  it.each([
    ["its time", (path: string) => utimesSync(path, 1, 1)],
    ["its size", (path: string) => truncateSync(path, 12 * MIB)],
    ["its kind", (path: string) => writeAt(path, 0, Buffer.from("28b52ffd", "hex"))],
    ["everything: it is gone", (path: string) => run("rm", path)],
  ])("is refused: %s", async (_, change) => {
    const path = scratchFile("image.img", readFileSync(image));
    const drive = usedDrive();
    const job = await flashJob(path, drive);
    change(path);
    const ended = await startWriter(job).ended;
    expect(["IMAGE_CHANGED", "IMAGE_NOT_FOUND"]).toContain(failedWith(ended));
    expectUntouched(drive);
  });

  it.each([
    ["it is written to", (path: string) => `touch -d @1 ${path}`],
    ["it grows", (path: string) => `truncate -s +512 ${path} && touch -r ${image} ${path}`],
  ])("leaves a drive that does not start, when %s meanwhile", async (_, change) => {
    const path = scratchFile("image.img", readFileSync(image));
    run("touch", "-r", image, path);
    const drive = usedDrive();
    const ended = await startWriter(await flashJob(path, drive), [], flockThat(change(path))).ended;
    expect(failedWith(ended)).toBe("IMAGE_CHANGED");
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

describe("an image that unpacks to another size than was counted", () => {
  it.each([-512, 512])("leaves a drive that does not start: %d bytes", async (difference) => {
    const drive = usedDrive();
    const job = await flashJob(pack(image, "zst"), drive);
    if (job.job === "flash") job.image.sizeBytes += difference;
    expect(failedWith(await startWriter(job).ended)).toBe("IMAGE_CHANGED");
    expect(readAt(drive, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

describe("an image that cannot take the files", () => {
  const files = [{ path: "floppy/identity.json", content: "x".repeat(5000) }];

  it("has no FAT partition", async () => {
    const drive = usedDrive();
    expectRefused(await flash("/usr/lib/ipxe/ipxe.iso", drive, files), "IMAGE_NOT_PERSONALISABLE", drive);
  });

  it("has a FAT partition without room", async () => {
    const full = scratchFile("full.img", readFileSync(image));
    const firmware = makeFat(join(bench.folder(), "firmware.img"), 16, 16 * MIB);
    const filling = scratchFile("filling", Buffer.alloc(16 * MIB));
    for (const size of [8, 4, 2, 1, 0.5, 0.25, 0.125, 0.06, 0.03, 0.015, 0.008, 0.004, 0.002]) {
      truncateSync(filling, Math.floor(size * MIB));
      spawnSync("mcopy", ["-i", firmware, filling, `::file${size}`]);
    }
    writeAt(full, 2 * MIB, readFileSync(firmware));
    const drive = usedDrive();
    expectRefused(await flash(full, drive, files), "IMAGE_NOT_PERSONALISABLE", drive);
  });

  it("is asked to take a file with a name that leads elsewhere", async () => {
    const drive = usedDrive();
    const ended = await flash(image, drive, [{ path: "../boot", content: "" }]);
    expectRefused(ended, "IMAGE_NOT_PERSONALISABLE", drive);
  });
});

describe("a drive that must not be written", () => {
  it("is too small", async () => {
    const drive = usedDrive(24 * MIB - 512);
    expectRefused(await flash(image, drive), "IMAGE_TOO_LARGE", drive);
  });

  it("is gone", async () => {
    const drive = usedDrive();
    const job = await flashJob(image, drive);
    await pull(drive);
    expect(failedWith(await startWriter(job).ended)).toBe("DRIVE_GONE");
  });

  it("is another one of the same name and size", async () => {
    const folder = bench.folder();
    const first = bench.file(join(folder, "practice-1.floppy-practice"), 32 * MIB);
    const second = bench.file(join(folder, "practice-2.floppy-practice"), 32 * MIB);
    writeAt(second, 0, mark);
    const drive = bench.attach(first);
    const job = await flashJob(image, drive);
    await pull(drive);
    run("losetup", drive, second);
    expect(failedWith(await startWriter(job).ended)).toBe("DRIVE_REPLACED");
    expectUntouched(second);
  });

  it("is another one of another size", async () => {
    const drive = usedDrive();
    const job = await flashJob(image, drive);
    if (job.job === "flash") job.drive.sizeBytes += 512;
    expectRefused(await startWriter(job).ended, "DRIVE_REPLACED", drive);
  });

  it("carries a part of the running system", async () => {
    const drive = bench.drive(32 * MIB, { partitioned: true });
    announcePartitions(drive);
    run("mke2fs", "-q", "-t", "ext4", `${drive}p2`);
    bench.mount(`${drive}p2`, join(bench.folder("/srv"), "system"));
    const before = readAt(drive, 0, MIB);
    expect(failedWith(await flash(image, drive))).toBe("DRIVE_SYSTEM");
    expect(readAt(drive, 0, MIB).equals(before)).toBe(true);
    expect(readFileSync("/proc/mounts", "utf8")).toContain(`${drive}p2`);
  });

  it("is read-only", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 32 * MIB);
    writeAt(file, 0, mark);
    const drive = bench.attach(file, "--read-only");
    expectRefused(await flash(image, drive), "DRIVE_READ_ONLY", drive);
  });

  it("is one partition", async () => {
    const drive = bench.drive(64 * MIB, { partitioned: true });
    announcePartitions(drive);
    expect(failedWith(await flash("/usr/lib/ipxe/ipxe.iso", `${drive}p1`))).toBe("DRIVE_UNSAFE");
  });

  it("is a file that is no practice drive", async () => {
    const path = scratchFile("precious.img", mark);
    expectRefused(await flash("/usr/lib/ipxe/ipxe.iso", path), "DRIVE_UNSAFE", path);
  });

  it("is a practice file that is attached", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 32 * MIB);
    writeAt(file, 0, mark);
    const job = await flashJob(image, file);
    bench.attach(file);
    expectRefused(await startWriter(job).ended, "DRIVE_BUSY", file);
  });
});

describe("a drive that is exchanged or removed between the last look and the opening", () => {
  it.each([
    ["by a file of another size", 64, (file: string, other: string) => `mv ${other} ${file}`],
    ["by a link", 32, (file: string, other: string) => `ln -sf ${other} ${file}`],
  ])("is refused: %s", async (_, mebibytes, exchange) => {
    const folder = bench.folder();
    const file = bench.file(join(folder, "practice-1.floppy-practice"), 32 * MIB);
    const other = bench.file(join(folder, "other"), mebibytes * MIB);
    writeAt(other, 0, mark);
    const ended = await startWriter(await flashJob(image, file), [], flockThat(exchange(file, other))).ended;
    expect(failedWith(ended)).toBe("DRIVE_REPLACED");
    expectUntouched(file);
  });

  it("is told to be gone, and that nothing was written", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 32 * MIB);
    // Removed while the lock is held: what is locked is still there, what would be written is not.
    const ended = await startWriter(await flashJob(image, file), [], flockThat(`rm ${file}`)).ended;
    expect(ended.last).toMatchObject({
      error: { code: "DRIVE_GONE", hint: expect.stringContaining("Nothing was written.") },
    });
  });
});

describe("an elevated writer", () => {
  const nobody = { SUDO_UID: "65534" };

  it("opens no image that the one who let it in may not read", async () => {
    const secret = scratchFile("secret.img", readFileSync(image));
    chmodSync(dirname(secret), 0o755);
    chmodSync(secret, 0o600);
    const drive = usedDrive();
    const ended = await startWriter(await flashJob(secret, drive), [], nobody).ended;
    expectRefused(ended, "FILE_UNREADABLE", drive);
  });

  it("opens no practice file that the one who let it in may not write", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 32 * MIB);
    writeAt(file, 0, mark);
    const readable = scratchFile("readable.img", readFileSync(image));
    for (const path of [file, readable]) chmodSync(dirname(path), 0o755);
    expectRefused(await startWriter(await flashJob(readable, file), [], nobody).ended, "WRITER_DENIED", file);
  });

  it("writes the drive all the same", async () => {
    const readable = scratchFile("readable.img", readFileSync(image));
    chmodSync(dirname(readable), 0o755);
    const drive = usedDrive();
    expect((await startWriter(await flashJob(readable, drive), [], nobody).ended).code).toBe(0);
    expect(readAt(drive, 0, 24 * MIB).equals(readFileSync(image))).toBe(true);
  });
});

describe("a drive that others use", () => {
  it("is given ten seconds, then its holder is named", async () => {
    const drive = usedDrive();
    const holder = await hold(drive);
    const started = performance.now();
    const ended = await flash(image, drive);
    holder.kill();
    expectRefused(ended, "DRIVE_BUSY", drive);
    expect(performance.now() - started).toBeGreaterThan(9_500);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(JSON.stringify(ended.last)).toContain(`(${holder.pid})`);
  });

  it("keeps its mounts where a program works in one, and the program is named", async () => {
    const drive = bench.drive(32 * MIB, { partitioned: true });
    announcePartitions(drive);
    run("mke2fs", "-q", "-t", "ext4", `${drive}p1`);
    const place = join(bench.folder(), "mnt");
    bench.mount(`${drive}p1`, place);
    mkdirSync(join(place, "work"));
    const worker = spawn("sleep", ["600"], { cwd: join(place, "work") });
    await once(worker, "spawn");
    const ended = await flash(image, drive);
    worker.kill();
    await once(worker, "exit");
    expect(failedWith(ended)).toBe("DRIVE_BUSY");
    expect(JSON.stringify(ended.last)).toContain(`sleep (${worker.pid})`);
    expect(readFileSync("/proc/mounts", "utf8")).toContain(`${drive}p1`);
  });

  it.each(["device", "file"])("is not written twice at once: %s", async (kind) => {
    const drive =
      kind === "device"
        ? usedDrive()
        : bench.file(join(bench.folder(), "practice-1.floppy-practice"), 32 * MIB);
    const job = await flashJob(image, drive);
    const first = startWriter(job);
    await first.event(reaches("write"));
    first.child.kill("SIGSTOP");
    const started = performance.now();
    expect(failedWith(await startWriter(job).ended)).toBe("DRIVE_BUSY");
    expect(performance.now() - started).toBeLessThan(5_000);
    first.child.kill("SIGCONT");
    expect((await first.ended).code).toBe(0);
    expect(readAt(drive, 0, 24 * MIB).equals(readFileSync(image))).toBe(true);
  });

  /** A process that has the drive open exclusively, as mkfs or a mount does. */
  async function hold(drive: string) {
    const { O_EXCL, O_RDWR } = await import("node:fs").then(({ constants }) => constants);
    const script = `fs.openSync(${JSON.stringify(drive)}, ${O_RDWR | O_EXCL}); console.log("held"); setInterval(() => {}, 1e6)`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    return child;
  }
});

describe("a job that is no job", () => {
  it.each([
    ["no JSON", "hello"],
    ["another shape", JSON.stringify({ job: "format", path: "/dev/sda" })],
    ["a flash without a drive", JSON.stringify({ job: "flash", image: {}, files: [] })],
    ["nothing", ""],
  ])("ends with exit code 2 and says so: %s", async (_, line) => {
    const { code, last } = await startWriter(line).ended;
    expect(code).toBe(2);
    expect(last).toMatchObject({ event: "failed", error: { code: "INVALID_INPUT" } });
  });

  it("is never quoted: it may hold a private key", async () => {
    const drive = await identify(usedDrive());
    const files = [{ path: 5, content: "PRIVATE KEY" }];
    const line = JSON.stringify({ job: "flash", image: await inspect(image), drive, files });
    const ended = await startWriter(line).ended;
    expect(ended.code).toBe(2);
    expect(JSON.stringify(ended.events)).not.toContain("PRIVATE KEY");
  });
});
