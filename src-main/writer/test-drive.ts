import { dirname } from "node:path";
import type { TestJob, WriterEvent } from "#contract/writer.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { claim } from "./drive/claim.ts";
import { driveError } from "./drive/errors.ts";
import { refuseOwnPlace } from "./drive/own-place.ts";
import { badBlocks } from "./probe/errors.ts";
import { createJournal, type Journal, recoverBlocks } from "./probe/journal.ts";
import { type Medium, mediumOf } from "./probe/medium.ts";
import { markedPlaces, PROBE_BYTES } from "./probe/places.ts";
import { refuseFalse } from "./probe/refuse-false.ts";
import type { Emit } from "./progress.ts";
import { checkSurface } from "./surface/check-surface.ts";

type Tested = Extract<WriterEvent, { event: "tested" }>;

const asItWas = "What is on it is as it was.";
const replaced = "What was on it was replaced by the test.";
const borrowed =
  "Some blocks of the drive that was tested are kept on this computer: plug it in and test it again, and they are put back.";

/**
 * Tests a drive; what is wrong with it is an error. `beforeBorrow` is called when the test must not be left before it
 * has given back what it took: a moment, or as long as a dying drive takes.
 */
export async function testDrive(job: TestJob, emit: Emit, beforeBorrow: () => void): Promise<Tested> {
  const log = (text: string) => emit({ event: "log", level: "info", text });
  const startedMs = performance.now();
  const found = await readBlockDevices([job.drive.path]);
  const checked = recheckDrive(job.drive, 0, found);
  await refuseOwnPlace(checked, "Floppy’s data folder", dirname(job.journalFolder));
  const drive = await claim(checked, job.drive, log);
  const medium = mediumOf(drive);
  const journal = createJournal(job.journalFolder);
  try {
    const recovered = await recoverBlocks(job.journalFolder, medium);
    if (recovered > 0) log(`Put back ${recovered} blocks that a test which was broken off had borrowed.`);
    const checked =
      job.mode === "quick" ? await quickly(medium, journal, beforeBorrow) : await fully(medium, emit);
    const seconds = (performance.now() - startedMs) / 1000;
    return { event: "tested", report: { mode: job.mode, sizeBytes: drive.sizeBytes, seconds, ...checked } };
  } catch (error) {
    throw driveError(error, drive.path, job.mode === "quick" ? stateAfter(journal) : replaced);
  } finally {
    await Promise.all([drive.handle.close(), drive.locked.close()]);
  }
}

function stateAfter(journal: Journal): string {
  return journal.holds() ? borrowed : asItWas;
}

async function quickly(medium: Medium, journal: Journal, beforeBorrow: () => void) {
  beforeBorrow();
  const found = await refuseFalse(medium, asItWas, journal);
  if (found.capacity === "patchy") throw badBlocks(medium.path, found, asItWas);
  return { checkedBytes: markedPlaces(medium.sizeBytes).length * PROBE_BYTES, pace: null };
}

/** A false drive is told at once, before hours go into writing all of it. */
async function fully(medium: Medium, emit: Emit) {
  await refuseFalse(medium, asItWas);
  return checkSurface(medium, emit);
}
