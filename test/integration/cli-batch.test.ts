import { mkdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPracticeDrives } from "#adapters/drives/practice.ts";
import { openFloppy } from "#adapters/open-floppy.ts";
import type { Drive } from "#contract/drives.ts";
import { HOST_KEY_PUBLIC_PATH, IDENTITY_PATH, mediumIdentity } from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import { compareCard, readCard, readCardFile } from "../support/card.ts";
import { createCardBench } from "../support/media/card-bench.ts";
import { createBench, objects, type Running } from "./cli-process.ts";
import { makeCardImage } from "./writer/images.ts";

const MIB = 1024 ** 2;
const SIZE = 32 * MIB;
const serials = [1, 2, 3, 4].map((number) => `FLOPPY-RPI-0000${number}`);

const cards = createCardBench();
let bench: ReturnType<typeof createBench>;

beforeEach(() => {
  bench = createBench();
  mkdirSync(bench.practiceFolder, { recursive: true });
});
afterEach(async () => {
  const practice = createPracticeDrives({ folder: bench.practiceFolder });
  for (const { key } of drives.splice(0)) await practice.remove(key);
  cards.clear();
  bench.remove();
});

const drives: Drive[] = [];

async function createDrives(count: number): Promise<string[]> {
  const practice = createPracticeDrives({ folder: bench.practiceFolder });
  for (let made = 0; made < count; made++) drives.push(await practice.create(SIZE));
  return drives.map(({ identity }) => identity.path);
}

/** A card that takes half a MB a second once it has four MiB. */
const slow = { sizeBytes: SIZE, slowAfter: { bytes: 4 * MIB, bytesPerSecond: 500_000 } };

function startBatch(paths: string[], ...more: string[]): Running {
  const named = paths.flatMap((path) => ["--drive", path]);
  const image = makeCardImage(bench.folder);
  const job = ["provision", serials[0] ?? "", "--role", "robot", "--image", image, "--batch"];
  return bench.start(...job, ...named, "--yes", ...more);
}

async function identityOn(path: string, { image }: Run) {
  if (!image) throw new Error("The run has no image.");
  return mediumIdentity.parse(JSON.parse(await readCardFile(path, image, IDENTITY_PATH)));
}

it("four cards, of which one is pulled: the others are verified before, each with its own identity", async () => {
  const pulled = await cards.card(slow, bench.practiceFolder);
  const paths = await createDrives(3);
  const [first = "", ...others] = paths;
  const running = startBatch([first, pulled.device, ...others], "--json");
  // None of them waits for the slow one.
  for (const serial of [serials[0], serials[2], serials[3]])
    await running.said(new RegExp(`"done","serial":"${serial}".*"stage":"verify"`));
  await pulled.pull();
  const { code, stdout } = await running.ended;
  expect(code).toBe(5);
  const [result, error] = objects(stdout).slice(-2);
  expect(error).toMatchObject({ event: "error", code: expect.stringMatching(/^DRIVE_/), exitCode: 5 });
  const runs = result?.runs as Run[];
  expect(runs.map(({ serial, status }) => [serial, status.state])).toEqual(
    serials.map((serial) => [serial, serial === serials[1] ? "failed" : "done"]),
  );
  const keys = new Set<string>();
  for (const run of runs.filter(({ status }) => status.state === "done")) {
    const { path } = run.drive.identity;
    if (!run.image) throw new Error("A run that is done has no image.");
    expect(await compareCard(path, run.image)).toBe("equal");
    expect(await identityOn(path, run)).toMatchObject({ serial: run.serial, runId: run.id });
    keys.add((await readCardFile(path, run.image, HOST_KEY_PUBLIC_PATH)).split(" ")[1] ?? "");
  }
  expect(keys.size).toBe(3);
  expect(readFileSync(pulled.store).subarray(0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  expect(runs.map(({ drive }) => drive.identity.path)).toEqual([first, pulled.device, ...others]);
});

it("killed in the middle, every run that was not over is offered for resume, and can be gone on with", async () => {
  const card = await cards.card(slow, bench.practiceFolder);
  const [path = ""] = await createDrives(1);
  const running = startBatch([card.device, path]);
  await running.said(/FLOPPY-RPI-00002: Verified/);
  running.child.kill("SIGKILL");
  await running.ended;
  const floppy = await openFloppy({ dataFolder: bench.dataFolder, elevation: "sudo" });
  try {
    const { runs } = await floppy.handlers["app.state"]({});
    expect(runs.map(({ serial, status }) => [serial, status.state])).toEqual([[serials[0], "interrupted"]]);
    expect((await readCard(card.device, MIB)).equals(Buffer.alloc(MIB))).toBe(true);
    const [run] = runs;
    const { promise: over, resolve } = Promise.withResolvers<Run>();
    floppy.subscribe(({ event, payload }) => {
      if (event === "run" && payload.status.state !== "running") resolve(payload);
    });
    const driveKey = drives[0]?.key ?? "";
    await floppy.handlers["runs.resume"]({ runId: run?.id ?? "", driveKey, eraseConfirmed: driveKey });
    const ended = await over;
    expect(ended.status.state).toBe("done");
    expect(await identityOn(path, ended)).toMatchObject({ serial: serials[0] });
  } finally {
    await floppy.close();
  }
});
