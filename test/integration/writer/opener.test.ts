/** A writer that another user let in: root opens the drive that was agreed to, and does nothing else. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DriveIdentity } from "#contract/drives.ts";
import type { WriterJob } from "#contract/writer.ts";
import { agreementOf, type DriveJob } from "#core/drives/agreement.ts";
import { createBench, MIB } from "../drives/bench.ts";
import { makeCardImage, pack, readAt } from "./images.ts";
import { failedWith, flashJob, identify, inspect, startWriter } from "./writer-process.ts";

const nobody = 65534;
const shared = createBench();
const bench = createBench();
let folder: string;
let image: string;

beforeAll(() => {
  folder = shared.folder();
  chmodSync(folder, 0o755);
  image = makeCardImage(folder);
});
afterEach(bench.clear);
afterAll(shared.clear);

/** As sudo starts it for nobody. */
function start(
  job: WriterJob,
  env: Record<string, string> = { SUDO_UID: `${nobody}` },
  agreed: string[] = [],
) {
  return startWriter(job, [], env, [
    "sh",
    "-c",
    `exec "$@" ${agreed.map((one) => `'${one}'`).join(" ")}`,
    "sh",
  ]);
}

/** Name and user of all processes below one, by their own word. */
function below(pid: number): { name: string; uid: number }[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = all.filter((one) => {
    try {
      return readFileSync(`/proc/${one}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1] === `${pid}`;
    } catch {
      return false;
    }
  });
  return children.flatMap((one) => [
    { name: readFileSync(`/proc/${one}/comm`, "utf8").trim(), uid: statSync(`/proc/${one}`).uid },
    ...below(Number(one)),
  ]);
}

it.each(["xz", "bz2", "zst", "gz"] as const)(
  "unpacks a .%s as the user who asked, on the drive that root opened",
  async (format) => {
    const packed = pack(image, format);
    const inspection = await inspect(packed);
    const drive = bench.drive(32 * MIB);
    const job = await flashJob(packed, [drive]);
    // What has not arrived yet keeps the unpacking waiting.
    const writer = start({ ...job, arriving: { path: packed } });
    writer.child.stdin.write(`{"command":"arrived","bytes":${inspection.fileBytes - 1}}\n`);
    await writer.event((event) => event.event === "progress" && event.stage === "write");
    if (format === "xz") await expect.poll(() => below(writer.pid).map(({ name }) => name)).toContain("xz");
    expect(below(writer.pid).filter(({ uid }) => uid !== nobody)).toEqual([]);
    expect(below(writer.pid).length).toBeGreaterThan(0);
    writer.child.stdin.write(`{"command":"arrived","bytes":${inspection.fileBytes}}\n{"command":"whole"}\n`);
    expect((await writer.ended).last).toMatchObject({ event: "flashed" });
    expect(readAt(drive, 0, 24 * MIB).equals(readFileSync(image))).toBe(true);
  },
);

it("has no file opened that the user may not open", async () => {
  const secret = join(bench.folder(), "card.img");
  writeFileSync(secret, readFileSync(image));
  const job = await flashJob(secret, [bench.drive(32 * MIB)]);
  expect(failedWith(await start(job).ended)).toBe("FILE_UNREADABLE");
});

it("lets go of the drive when it is cancelled", async () => {
  const drive = bench.drive(32 * MIB);
  const writer = start({ ...(await flashJob(image, [drive])), arriving: { path: image } });
  await writer.event((event) => event.event === "progress");
  writer.child.stdin.end('{"command":"cancel"}\n');
  expect((await writer.ended).code).toBe(3);
  const again = start(await flashJob(image, [drive]));
  expect((await again.ended).last).toMatchObject({ event: "flashed" });
});

describe("of what root alone may see", () => {
  const answer = async (path: string) => {
    const drive: DriveIdentity = {
      path,
      byId: null,
      serial: null,
      wwn: null,
      model: null,
      sizeBytes: MIB,
      diskSequence: null,
    };
    const { last } = await start({ job: "identity", drive }).ended;
    return last?.event === "failed" ? { code: last.error.code, hint: last.error.hint } : last;
  };

  it.each([
    ["a folder that only root may enter", 0o700, "file"],
    ["a folder that only root may enter, as a practice drive", 0o700, "file.floppy-practice"],
    ["a folder that all may enter", 0o755, "file"],
  ])("nobody learns whether it is there: in %s", async (_, mode, name) => {
    const secret = join(bench.folder(), "secret");
    mkdirSync(secret);
    writeFileSync(join(secret, name), Buffer.alloc(MIB));
    chmodSync(dirname(secret), 0o755);
    chmodSync(secret, mode);
    await expect(answer(join(secret, name))).resolves.toEqual(await answer(join(secret, `no-${name}`)));
  });
});

describe("what was agreed to in polkit's dialog", () => {
  const byPolkit = { PKEXEC_UID: `${nobody}` };
  const restore = async (): Promise<DriveJob> => ({
    job: "restore",
    drive: await identify(bench.drive(64 * MIB)),
    label: "CARD",
  });

  it("is done", async () => {
    const job = await restore();
    expect((await start(job, byPolkit, agreementOf(job)).ended).last).toMatchObject({ event: "restored" });
  });

  it.each([
    [
      "another drive",
      (job: DriveJob) => agreementOf({ ...job, drive: { ...driveOf(job), path: "/dev/sdz" } } as DriveJob),
    ],
    ["less", (job: DriveJob) => agreementOf(job).map((line) => line.replace("erase", "read"))],
    ["nothing", () => []],
  ])("is not done where it was %s", async (_, agreed) => {
    const job = await restore();
    const { path } = driveOf(job);
    const before = readAt(path, 0, MIB);
    expect(failedWith(await start(job, byPolkit, agreed(job)).ended)).toBe("WRITER_DENIED");
    expect(readAt(path, 0, MIB).equals(before)).toBe(true);
  });

  function driveOf(job: DriveJob): DriveIdentity {
    return job.job === "flash" ? (job.targets[0] as { drive: DriveIdentity }).drive : job.drive;
  }
});

it("keeps what a test borrows in the user's own folder", async () => {
  const own = join(bench.folder(), "own");
  mkdirSync(own, { mode: 0o755 });
  chmodSync(dirname(own), 0o755);
  chownSync(own, nobody, nobody);
  const drive = await identify(bench.drive(64 * MIB));
  const job: WriterJob = { job: "test", mode: "quick", drive, journalFolder: join(own, "journal") };
  expect((await start(job).ended).last).toMatchObject({ event: "tested" });
  expect(statSync(join(own, "journal")).uid).toBe(nobody);
});
