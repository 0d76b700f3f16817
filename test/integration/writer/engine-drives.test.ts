import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlashJob, WriteMode } from "#contract/writer.ts";
import { pack, randomImage, randomOldContent, randomPacking } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom, type Random } from "../../support/random.ts";
import { createBench, MIB } from "../drives/bench.ts";
import { readAt, writeAt } from "./images.ts";
import { identify, inspect, killWriters, startWriter } from "./writer-process.ts";

/** A case is one drive; a writer takes several at once, with an image each time. */
const CASES = 200;
const DRIVES = 8;
const DRIVE_BYTES = 8 * MIB;
const seed = chooseSeed();
const bench = createBench();
let drives: string[];
let folder: string;

beforeAll(() => {
  folder = bench.folder("/dev/shm");
  drives = Array.from({ length: DRIVES }, () => bench.drive(DRIVE_BYTES));
});
afterAll(async () => {
  await killWriters();
  bench.clear();
});

const modes: readonly [WriteMode, ...WriteMode[]] = ["auto", "full", "difference"];

async function makeJob(random: Random, path: string, image: Buffer): Promise<FlashJob> {
  writeFileSync(path, pack(image, randomPacking(random)));
  const identities = await Promise.all(drives.map(identify));
  const targets = identities.map((drive) => ({ drive, files: [], placement: "firmware" as const }));
  return { job: "flash", image: await inspect(path), mode: random.pick(modes), targets };
}

/** Kills the writer after some of its lines, wherever it then is; returns the targets that it called verified. */
async function flashAndKill(job: FlashJob, afterLines: number | null): Promise<Set<number | undefined>> {
  const writer = startWriter(job);
  if (afterLines !== null) {
    let lines = 0;
    void writer.event(() => {
      lines += 1;
      if (lines === afterLines) writer.child.kill("SIGKILL");
      return false;
    });
  }
  const { events } = await writer.ended;
  return new Set(events.flatMap((event) => (event.event === "flashed" ? [event.target] : [])));
}

function expectTrue(drive: string, image: Buffer, verified: boolean): void {
  const found = readAt(drive, 0, image.length);
  if (verified) expect(found.equals(image), "a verified drive").toBe(true);
  else {
    const head = readAt(drive, 0, MIB);
    // Killed before anything was blanked, or after; or with all in place, but before it could say so.
    const untold = found.equals(image) || head.equals(Buffer.alloc(MIB)) || head[600] === 0xa5;
    expect(untold, "a drive of a killed writer").toBe(true);
  }
}

async function runRound(random: Random, name: string): Promise<void> {
  const path = join(folder, `${name}.img`);
  const image = randomImage(random, 6 * MIB);
  const killed = random.chance(0.5);
  const job = await makeJob(random, path, image);
  for (const drive of drives) {
    const old = randomOldContent(random, image, DRIVE_BYTES);
    old.fill(0xa5, 0, MIB);
    writeAt(drive, 0, old);
  }
  const verified = await flashAndKill(job, killed ? random.below(5 * DRIVES) + 1 : null);
  if (!killed) expect(verified.size).toBe(DRIVES);
  for (const [target, drive] of drives.entries()) expectTrue(drive, image, verified.has(target));
  truncateSync(path, 0);
}

describe(`the writer on drives, with seed ${seed}`, () => {
  it(`leaves what it should, wherever it is killed: ${CASES} cases`, async () => {
    for (let round = 0; round < CASES / DRIVES; round += 1) {
      await runRound(createRandom(seed + round), `round-${round}`).catch((error: Error) => {
        error.message = `SEED=${seed + round}: ${error.message}`;
        throw error;
      });
    }
  }, 600_000);
});
