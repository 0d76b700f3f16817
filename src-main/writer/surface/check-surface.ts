import type { DriveReport } from "#contract/media.ts";
import { badBlocks, becameReadOnly, fakeCapacity, slowsToACrawl } from "../probe/errors.ts";
import type { Medium } from "../probe/medium.ts";
import { type Emit, reportProgress } from "../progress.ts";
import { blankWhatCanBe } from "../residue/blank.ts";
import { residuePlaces, wholeOf } from "../residue/places.ts";
import { PaceMeter } from "./pace.ts";
import { CHUNK_BYTES, replaced, Surface } from "./surface.ts";
import { BLOCK_BYTES, type Tally } from "./tally.ts";

type Checked = Pick<DriveReport, "checkedBytes" | "pace">;

/** Of this much the old content is gone before anybody could break the test off. */
const SOON_BYTES = 8 * CHUNK_BYTES;

/**
 * Writes all of a drive and reads all of it back. It holds nothing afterwards, and whatever looks at it says so; after a
 * test that was broken off, too, nothing old is found at its end.
 */
export async function checkSurface(medium: Medium, emit: Emit): Promise<Checked> {
  const { path, sizeBytes } = medium;
  const surface = new Surface(medium);
  const signed = (coveredBytes: number) => residuePlaces([wholeOf(medium)], medium, coveredBytes);
  await blankWhatCanBe(medium, signed(SOON_BYTES));
  try {
    const write = await pass("write", sizeBytes, emit, (at, length) => surface.write(at, length));
    await medium.sync();
    const read = await pass("verify", sizeBytes, emit, (at, length) => surface.compare(at, length));
    await refuseBad(medium, surface);
    if (write.crawls()) throw slowsToACrawl(path, "writes", write.pace());
    if (read.crawls()) throw slowsToACrawl(path, "reads", read.pace());
    return { checkedBytes: sizeBytes, pace: { write: write.pace(), read: read.pace() } };
  } finally {
    await blankWhatCanBe(medium, signed(0));
  }
}

async function pass(
  stage: "write" | "verify",
  sizeBytes: number,
  emit: Emit,
  act: (position: number, length: number) => Promise<void>,
): Promise<PaceMeter> {
  const meter = new PaceMeter(sizeBytes);
  let position = 0;
  const stopReporting = reportProgress(stage, sizeBytes, () => position, emit);
  try {
    while (position < sizeBytes) {
      const length = Math.min(CHUNK_BYTES, sizeBytes - position);
      const startedMs = performance.now();
      await act(position, length);
      meter.add(length, performance.now() - startedMs);
      position += length;
    }
  } finally {
    stopReporting();
  }
  return meter;
}

async function refuseBad({ path, sizeBytes }: Medium, surface: Surface): Promise<void> {
  const { badOffset, badBlocks: bad, checkedBlocks } = surface.tally;
  if (badOffset === null) return;
  if (!(await surface.keeps())) throw becameReadOnly(path, badOffset, replaced);
  const holds = trueSize(surface.tally, sizeBytes);
  if (holds !== null) throw fakeCapacity(path, sizeBytes, holds, replaced);
  throw badBlocks(path, { badOffset, badBlocks: bad, checkedBlocks }, replaced);
}

/** Where the drive begins anew, or from where on it holds nothing at all; null where neither is so. */
function trueSize({ repeatsAt, badOffset, badBlocks: bad, checkedBlocks }: Tally, sizeBytes: number) {
  if (repeatsAt > 0 && repeatsAt < sizeBytes) return repeatsAt;
  if (badOffset === null || badOffset < CHUNK_BYTES) return null;
  return bad >= checkedBlocks - Math.floor(badOffset / BLOCK_BYTES) ? badOffset : null;
}
