import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WriterJob } from "#contract/writer.ts";
import { announcePartitions, createBench, MIB, run } from "../drives/bench.ts";
import { makeCardImage, readAt } from "./images.ts";
import { type Ended, failedWith, flashJob, identify, killWriters, startWriter } from "./writer-process.ts";

const shared = createBench();
const bench = createBench();
let image: string;
let folder: string;

beforeAll(() => {
  image = makeCardImage(shared.folder());
  return shared.clear;
});
beforeEach(() => {
  folder = bench.folder();
});
afterEach(async () => {
  await killWriters();
  bench.clear();
});

/** A drive with two partitions, each with a file system that holds a file. */
function usedDrive(): string {
  const drive = bench.drive(32 * MIB, { partitioned: true });
  announcePartitions(drive);
  for (const partition of [`${drive}p1`, `${drive}p2`]) run("mke2fs", "-q", "-t", "ext4", partition);
  return drive;
}

const isMounted = (text: string) => readFileSync("/proc/self/mountinfo", "utf8").includes(text);

/** What a person would mount and unmount without the bench: each test may take it away itself. */
function mountOnce(...parameters: string[]): void {
  run("mount", ...parameters);
  const target = parameters.at(-1) ?? "";
  bench.later(() => run("sh", "-c", `umount "$1" 2>/dev/null || true`, "sh", target));
}

const jobs: Record<string, (drive: string) => Promise<WriterJob>> = {
  flash: (drive) => flashJob(image, drive),
  test: async (drive) => ({
    job: "test",
    drive: await identify(drive),
    mode: "quick",
    journalFolder: join(folder, "data", "borrowed"),
  }),
  save: async (drive) => ({
    job: "save",
    drive: await identify(drive),
    path: join(folder, "saved.img"),
    part: "all",
    replace: false,
  }),
  restore: async (drive) => ({ job: "restore", drive: await identify(drive), label: "CARD" }),
};

async function perform(kind: string, drive: string): Promise<Ended> {
  return startWriter(await (jobs[kind]?.(drive) ?? Promise.reject(new Error(kind)))).ended;
}

function expectBlocked(ended: Ended, by: string): void {
  expect(failedWith(ended)).toBe("DRIVE_BUSY");
  expect(ended.last).toMatchObject({ error: { message: expect.stringContaining(by) } });
}

describe.each(Object.keys(jobs))("%s", (kind) => {
  it("does not touch a file system that lies over the drive's own, and names it", async () => {
    const drive = usedDrive();
    const place = join(folder, "card");
    bench.mount(`${drive}p1`, place);
    bench.mount("somebody", place, "-t", "tmpfs");
    writeFileSync(join(place, "precious"), "theirs");
    expectBlocked(await perform(kind, drive), `somebody (tmpfs) at ${place}`);
    expect(readFileSync(join(place, "precious"), "utf8")).toBe("theirs");
    expect(isMounted(`${drive}p1`)).toBe(true);
  });
});

describe("a drive in whose way lies", () => {
  it("another disk over its mount is not touched, and neither is its other mount", async () => {
    const drive = usedDrive();
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    bench.mount(`${drive}p1`, one);
    bench.mount(`${drive}p2`, two);
    const other = bench.drive(16 * MIB);
    run("mke2fs", "-q", "-t", "ext4", other);
    bench.mount(other, one);
    expectBlocked(await perform("flash", drive), `${other} (ext4) at ${one}`);
    for (const source of [other, `${drive}p1`, `${drive}p2`]) expect(isMounted(source)).toBe(true);
  });

  it("a mount over a folder above its own is not touched", async () => {
    const drive = usedDrive();
    const above = join(folder, "above");
    bench.mount(`${drive}p1`, join(above, "card"));
    bench.mount("somebody", above, "-t", "tmpfs");
    mkdirSync(join(above, "card"));
    writeFileSync(join(above, "card", "precious"), "theirs");
    expectBlocked(await perform("flash", drive), `somebody (tmpfs) at ${above}`);
    expect(existsSync(join(above, "card", "precious"))).toBe(true);
  });

  it("a mount of another kind in its own is not touched", async () => {
    const drive = usedDrive();
    const place = join(folder, "card");
    bench.mount(`${drive}p1`, place);
    bench.mount("somebody", join(place, "inside"), "-t", "tmpfs");
    expectBlocked(await perform("flash", drive), `somebody (tmpfs) at ${join(place, "inside")}`);
    expect(isMounted(`${drive}p1`)).toBe(true);
  });

  it("a mount that only calls itself by the drive's name is not touched", async () => {
    const drive = usedDrive();
    const place = join(folder, "ram");
    bench.mount(`${drive}p1`, place, "-t", "tmpfs");
    writeFileSync(join(place, "precious"), "theirs");
    expectBlocked(await perform("flash", drive), `(tmpfs) at ${place}`);
    expect(existsSync(join(place, "precious"))).toBe(true);
  });

  it("a mount of another namespace is named", async () => {
    const drive = usedDrive();
    mkdirSync(join(folder, "theirs"));
    const act = `mount ${drive}p1 ${folder}/theirs && echo mounted && exec sleep 600`;
    const holder = spawn("unshare", ["--mount", "sh", "-c", act], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    const ended = await perform("flash", drive);
    holder.kill();
    await once(holder, "exit");
    expectBlocked(ended, `sleep (${holder.pid}), for which it is mounted at ${folder}/theirs`);
  });

  it("a mount that the system's first process has, and a sandbox has not, is named at once", async () => {
    const drive = usedDrive();
    const place = join(folder, "card");
    bench.mount(`${drive}p1`, place);
    const sandbox = ["unshare", "--mount", "sh", "-c", `umount "$0" && exec "$@"`, place];
    const ended = await startWriter(await flashJob(image, drive), [], {}, sandbox).ended;
    expectBlocked(ended, `at ${place}, which only another namespace has mounted`);
  });
});

describe("a drive is freed of all that is mounted from it", () => {
  const written = (drive: string) => readAt(drive, 0, 24 * MIB).equals(readFileSync(image));

  it("twice at one place, bound to another, and one partition in the other", async () => {
    const drive = usedDrive();
    const [place, bound] = [join(folder, "card"), join(folder, "bound")];
    for (const each of [place, bound]) mkdirSync(each);
    mountOnce(`${drive}p1`, place);
    mountOnce("--bind", place, bound);
    mountOnce("--bind", bound, place);
    mkdirSync(join(place, "boot"));
    mountOnce(`${drive}p2`, join(place, "boot"));
    expect((await perform("flash", drive)).last).toMatchObject({ event: "flashed" });
    expect(isMounted(drive)).toBe(false);
    expect(written(drive)).toBe(true);
  });

  it.each([
    ["blanks, a backslash, a hash and a percent", "a b\\040c # 100%s"],
    ["a newline at its end", "line\n"],
    ["letters of a language", "Späti–日本"],
    ["a dash at its beginning", "-rf"],
  ])("at a place whose name has %s", async (_, name) => {
    const drive = usedDrive();
    mkdirSync(join(folder, name));
    mountOnce(`${drive}p1`, join(folder, name));
    expect((await perform("flash", drive)).last).toMatchObject({ event: "flashed" });
    expect(written(drive)).toBe(true);
  });

  it("at a place whose name is Latin-1", async () => {
    const drive = usedDrive();
    const place = `$(printf '%s/Sp\\344ti' "$2")`;
    run("sh", "-c", `mkdir "${place}" && mount "$1" "${place}"`, "sh", `${drive}p1`, folder);
    bench.later(() => run("sh", "-c", `umount "${place}" 2>/dev/null || true`, "sh", "", folder));
    expect((await perform("flash", drive)).last).toMatchObject({ event: "flashed" });
    expect(written(drive)).toBe(true);
  });
});

describe("what lies on the very drive", () => {
  it("is the image: that is said, and nothing unmounted", async () => {
    const drive = bench.drive(64 * MIB);
    run("mke2fs", "-q", "-t", "ext4", drive);
    const place = join(folder, "card");
    bench.mount(drive, place);
    const own = join(place, basename(image));
    copyFileSync(image, own);
    symlinkSync(own, join(folder, "link.img"));
    const ended = await startWriter(await flashJob(join(folder, "link.img"), drive)).ended;
    expectBlocked(ended, "lies on the very drive");
    expect(existsSync(own)).toBe(true);
  });

  it("is where the image would be saved, by way of a link", async () => {
    const drive = usedDrive();
    const place = join(folder, "card");
    bench.mount(`${drive}p1`, place);
    symlinkSync(place, join(folder, "link"));
    const job = { ...(await jobs.save?.(drive)), path: join(folder, "link", "saved.img") } as WriterJob;
    const ended = await startWriter(job).ended;
    expect(failedWith(ended)).toBe("FILE_UNWRITABLE");
    expect(isMounted(`${drive}p1`)).toBe(true);
  });

  it("is the data folder, while it is tested", async () => {
    const drive = usedDrive();
    const place = join(folder, "card");
    bench.mount(`${drive}p1`, place);
    const journalFolder = join(place, "floppy", "borrowed");
    const job = { ...(await jobs.test?.(drive)), journalFolder } as WriterJob;
    expectBlocked(await startWriter(job).ended, "lies on the very drive");
    expect(isMounted(`${drive}p1`)).toBe(true);
  });
});

it("names neither who has another drive of a longer name open, nor forgets who has its own", async () => {
  const { findHolders } = await import("../../../src-main/writer/drive/holders.ts");
  const devices = readLoopNames();
  const [short, long] = devices.includes("loop10") ? ["/dev/loop1", "/dev/loop10"] : [];
  const drive = usedDrive();
  const holder = spawn("sh", ["-c", `exec 3<"$0"; echo open; exec sleep 600`, long ?? `${drive}p2`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  const named = `sleep (${holder.pid})`;
  if (short) expect(await findHolders(short)).not.toContain(named);
  expect((await findHolders(long ?? drive)).includes(named)).toBe(true);
  holder.kill();
  await once(holder, "exit");
});

function readLoopNames(): string[] {
  return run("ls", "/sys/block").split("\n");
}
