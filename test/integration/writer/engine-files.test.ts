import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Inspection } from "#contract/images.ts";
import type { WriteMode } from "#contract/writer.ts";
import { flashDrive } from "../../../src-main/writer/flash-drive.ts";
import { openImageFile } from "../../../src-main/writer/image/image-file.ts";
import { applyPatches } from "../../../src-main/writer/image/patches.ts";
import { type Own, personalised } from "../../../src-main/writer/image/personalised.ts";
import { createReader } from "../../../src-main/writer/image/reader.ts";
import { type Chunk, SharedImage } from "../../../src-main/writer/image/shared-image.ts";
import { unchanged } from "../../../src-main/writer/image/unchanged.ts";
import { inspect } from "../../../src-main/writer/inspect.ts";
import {
  damage,
  formatOf,
  MIB,
  type Packing,
  pack,
  randomImage,
  randomOldContent,
  randomPacking,
} from "../../support/engine/cases.ts";
import { type Fault, openMedium, randomFault } from "../../support/engine/media.ts";
import { chooseSeed, createRandom, type Random } from "../../support/random.ts";

/** In memory: the files of a case are small, and there are many cases. */
const folder = mkdtempSync("/dev/shm/floppy-engine-");
afterAll(() => rmSync(folder, { recursive: true }));

/** A case is one drive. */
const CASES = Number(process.env.CASES ?? 2000);
const seed = chooseSeed();
const quiet = () => undefined;

type Drive = {
  path: string;
  before: Buffer;
  own: Own;
  fault: Fault;
  mode: WriteMode;
  /** Cancelled before that many chunks; null: never. */
  cancelAfter: number | null;
};

function randomDrive(random: Random, image: Buffer, path: string): Drive {
  const tail = random.fill(Buffer.alloc(random.chance(0.2) ? random.below(MIB / 2) : 0));
  const patches = Array.from({ length: random.below(4) }, () => {
    const offset = random.below(image.length);
    return {
      offset,
      bytes: random.fill(Buffer.alloc(Math.min(random.below(9000) + 1, image.length - offset))),
    };
  });
  const driveBytes = Math.ceil((image.length + tail.length + random.below(MIB / 4)) / 512) * 512;
  return {
    path,
    before: randomOldContent(random, image, driveBytes),
    own: { patches, tail },
    fault: randomFault(random),
    mode: random.pick(["auto", "full", "difference"]),
    cancelAfter: random.chance(0.1) ? random.below(6) : null,
  };
}

/** What the drive is to hold when it is called verified. */
function wanted(image: Buffer, { patches, tail }: Own): Buffer {
  const content = Buffer.concat([image, tail]);
  applyPatches(content.subarray(0, image.length), 0, patches);
  return content;
}

async function* cancelling<T>(items: AsyncIterable<T>, after: number | null, stop: AbortController) {
  let count = 0;
  for await (const item of items) {
    if (count === after) stop.abort(new Error("cancelled"));
    count += 1;
    yield item;
  }
}

async function flash(image: AsyncIterable<Chunk>, inspection: Inspection, drive: Drive) {
  const medium = await openMedium(drive.path, drive.before.length, drive.fault);
  const stop = new AbortController();
  const chunks = cancelling(personalised(unchanged(image, inspection), drive.own), drive.cancelAfter, stop);
  const sizeBytes = inspection.sizeBytes + drive.own.tail.length;
  return flashDrive(medium, { chunks, sizeBytes, mode: drive.mode }, quiet, stop.signal, async () =>
    stop.signal.throwIfAborted(),
  ).then(
    (result) => ({ verified: true as const, result }),
    (error: unknown) => ({ verified: false as const, error }),
  );
}

/** One image, in one format, for one to three drives at once; returns how many. */
async function runCase(random: Random, name: string): Promise<number> {
  const large = random.chance(0.01);
  const image = randomImage(random, large ? 20 * MIB : 1.6 * MIB);
  const packing = large ? "zst" : randomPacking(random);
  const path = join(folder, `${name}.img`);
  writeFileSync(path, pack(image, packing));
  const inspection = await inspect(path, quiet);
  expect(inspection).toMatchObject({ format: formatOf(packing), sizeBytes: image.length });
  const file = await openImageFile(path);
  const windowChunks = random.below(6) + 4;
  const shared = new SharedImage((from) => createReader(file, image.length, from), image.length, {
    windowChunks,
  });
  const drives = Array.from({ length: random.below(3) + 1 }, (_, index) =>
    randomDrive(random, image, join(folder, `${name}-${index}.drive`)),
  );
  for (const drive of drives) writeFileSync(drive.path, drive.before);
  const ends = await Promise.all(drives.map((drive) => flash(shared.chunks(), inspection, drive)));
  await file.handle.close();
  for (const [index, end] of ends.entries()) {
    const drive = drives[index];
    if (drive) expectTrue(drive, wanted(image, drive.own), end);
  }
  for (const used of [path, ...drives.map((drive) => drive.path)]) rmSync(used);
  return drives.length;
}

function isOldOrBlank(found: Buffer, before: Buffer): boolean {
  const blocks = Array.from({ length: Math.ceil(found.length / 512) }, (_, index) => index * 512);
  return blocks.every((at) => {
    const block = found.subarray(at, at + 512);
    return block.equals(before.subarray(at, at + 512)) || block.equals(Buffer.alloc(block.length));
  });
}

function expectTrue(drive: Drive, content: Buffer, end: Awaited<ReturnType<typeof flash>>): void {
  const found = readFileSync(drive.path);
  const touched = Math.max(Math.ceil(content.length / 512) * 512, MIB);
  const behind = found.subarray(touched);
  if (end.verified) {
    // These drives are so small that all of it is an end where something could sign.
    expect(behind.equals(Buffer.alloc(behind.length)), "what lies behind it").toBe(true);
    expect(found.subarray(0, content.length).equals(content), "a verified drive").toBe(true);
    expect(end.result.sizeBytes).toBe(content.length);
    expect(end.result.savedBytes).toBeLessThanOrEqual(Math.max(0, content.length - MIB));
    return;
  }
  if (["none", "slow", "pulled"].includes(drive.fault.kind)) {
    expect(isOldOrBlank(behind, drive.before.subarray(touched)), "what lies behind it").toBe(true);
  }
  const mayFail = drive.cancelAfter !== null || !["none", "slow"].includes(drive.fault.kind);
  expect(mayFail, `a good drive (${drive.mode}, ${drive.fault.kind}): ${end.error}`).toBe(true);
  if (drive.fault.kind === "none" && content.length >= MIB) {
    expect(found.subarray(0, MIB).equals(Buffer.alloc(MIB)), "a cancelled drive's head").toBe(true);
  }
}

/** Either refused, or written as another tool unpacks it. */
async function runDamagedCase(random: Random, name: string): Promise<void> {
  const image = randomImage(random, MIB);
  const packing = random.chance(0.3)
    ? random.pick<Packing>(["xz", "blocks.xz", "zip", "bz2"])
    : random.pick<Packing>(["zst", "gz"]);
  const path = join(folder, `${name}.img`);
  const packed = pack(image, packing);
  writeFileSync(path, packed);
  const inspection = await inspect(path, quiet);
  writeFileSync(path, damage(random, packed));
  const file = await openImageFile(path).catch(() => null);
  if (file?.format !== formatOf(packing)) return file?.handle.close();
  const drive: Drive = {
    ...randomDrive(random, image, `${path}.drive`),
    fault: { kind: "none" },
    cancelAfter: null,
  };
  writeFileSync(drive.path, drive.before);
  const shared = new SharedImage((from) => createReader(file, image.length, from), image.length);
  const end = await flash(shared.chunks(), inspection, drive);
  await file.handle.close();
  const content = wanted(image, drive.own);
  const same = readFileSync(drive.path).subarray(0, content.length).equals(content);
  // A flipped bit may lie where it changes nothing: in a name, a time, a comment.
  if (end.verified) expect(same, "a drive from a damaged file").toBe(true);
  for (const used of [path, drive.path]) rmSync(used);
}

describe(`the engine, with seed ${seed}`, () => {
  it(`leaves what it should, or says that it failed: ${CASES} cases`, async () => {
    for (let done = 0, number = 0; done < CASES; number += 1) {
      done += await runCase(createRandom(seed + number), `case-${number}`).catch((error: Error) => {
        error.message = `SEED=${seed + number}: ${error.message}`;
        throw error;
      });
    }
  }, 600_000);

  it("never calls a drive verified that was written from a damaged file: 100 cases", async () => {
    for (let number = 0; number < 100; number += 1) {
      await runDamagedCase(createRandom(seed - number), `damaged-${number}`);
    }
  });
});
