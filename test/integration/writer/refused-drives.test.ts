import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { announcePartitions, MIB, pull, run } from "../drives/bench.ts";
import { readAt, writeAt } from "./images.ts";
import { createRefusalBench, expectRefused, expectUntouched, mark } from "./refusal-bench.ts";
import { failedWith, flash, flashJob, identify, inspect, reaches, startWriter } from "./writer-process.ts";

const bench = createRefusalBench();
const { usedDrive, scratchFile, flockThat } = bench;
let image: string;

beforeAll(() => {
  image = bench.image();
});

describe("a drive that must not be written", () => {
  it("is too small", async () => {
    const drive = usedDrive(24 * MIB - 512);
    expectRefused(await flash(image, drive), "IMAGE_TOO_LARGE", drive);
  });

  it("is gone", async () => {
    // Other tests attach drives, too: one that got its number at once is another drive, and this one is tried anew.
    await vi.waitFor(async () => {
      const drive = usedDrive();
      const job = await flashJob(image, drive);
      await pull(drive);
      expect(failedWith(await startWriter(job).ended)).toBe("DRIVE_GONE");
    }, 60_000);
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
    for (const target of job.targets) target.drive.sizeBytes += 512;
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
    expectRefused(
      await startWriter(await flashJob(readable, file), [], nobody).ended,
      "DRIVE_READ_ONLY",
      file,
    );
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

  it("is refused where it does not end, and no more of it is kept than a job may have", async () => {
    const telling = join(import.meta.dirname, "../../bench/tell-peak-memory.ts");
    const writer = startWriter("x".repeat(100e6), ["--import", telling]);
    // It does not wait for the rest.
    writer.child.stdin.on("error", () => undefined);
    const { code, last } = await writer.ended;
    expect(code).toBe(2);
    expect(last).toMatchObject({ event: "failed", error: { code: "INVALID_INPUT" } });
    const [, kibibytes] = /peak memory (\d+)/.exec(writer.stderr()) ?? [];
    expect(Number(kibibytes)).toBeLessThan(250 * 1024);
  });

  it("is never quoted: it may hold a private key", async () => {
    const drive = await identify(usedDrive());
    const files = [{ path: 5, content: "PRIVATE KEY" }];
    const line = JSON.stringify({
      job: "flash",
      image: await inspect(image),
      drive,
      files,
      placement: "firmware",
    });
    const ended = await startWriter(line).ended;
    expect(ended.code).toBe(2);
    expect(JSON.stringify(ended.events)).not.toContain("PRIVATE KEY");
  });
});
