import type { Inspection } from "#contract/images.ts";
import { type FlashJob, type WriterCommand, writerExit } from "#contract/writer.ts";
import type { BlockDevices } from "#core/drives/block-devices.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { claim } from "./drive/claim.ts";
import { driveBusy } from "./drive/errors.ts";
import { refuseOwnPlace } from "./drive/own-place.ts";
import type { OpenDrive } from "./drive/target.ts";
import type { Range } from "./fat/volume.ts";
import { flashDrive } from "./flash-drive.ts";
import { Arrival } from "./image/arrival.ts";
import { type ImageFile, openArrivingFile, refuseChanged, reopenImageFile } from "./image/image-file.ts";
import { type Own, personalised } from "./image/personalised.ts";
import { createReader } from "./image/reader.ts";
import { type Chunk, SHARED_WINDOW_CHUNKS, SharedImage } from "./image/shared-image.ts";
import { unchanged } from "./image/unchanged.ts";
import { Lane } from "./lane.ts";
import { planPersonalisation } from "./personalise.ts";
import type { Emit } from "./progress.ts";

/** A lane on its way: its share of the image, what is its own, and its drive once it is claimed. */
type Way = { lane: Lane; chunks: AsyncIterable<Chunk>; own: Own; drive: OpenDrive | null };

/**
 * Writes one image to drives, each on its own: with another identity, at another pace, to another end. Nothing the job
 * says is believed before it was looked at.
 */
export class Flash {
  readonly #job: FlashJob;
  readonly #lanes: Lane[];
  readonly #arrival = new Arrival();

  constructor(job: FlashJob, emit: Emit) {
    this.#job = job;
    this.#lanes = job.targets.map(
      (target, index) => new Lane(target, (event) => emit(Object.assign(event, { target: index }))),
    );
  }

  /** Cancels one drive, or all. Whether the process may be left at once: there is none to wait for any more. */
  cancel(target?: number): boolean {
    const meant = target === undefined ? this.#lanes : this.#lanes.slice(target, target + 1);
    for (const lane of meant) lane.cancel();
    return this.#lanes.every((lane) => lane.isOver);
  }

  /** How far the image has come that is downloaded meanwhile. */
  hear(told: Exclude<WriterCommand, { command: "cancel" }>): void {
    if (told.command === "arrived") this.#arrival.grow(told.bytes);
    else this.#arrival.complete();
  }

  /** The exit code, once every drive has come to its end. */
  async run(): Promise<number> {
    const file = await this.#openImage();
    const ways = await this.#plan(file);
    // An image that has still to come may be waited for until here: drives are looked at as they are then.
    const found = await readBlockDevices(this.#lanes.map(({ target }) => target.drive.path));
    // Practice files are opened with another user's rights, which nothing else may run into.
    for (const way of ways.filter(({ lane }) => isFile(lane, found))) {
      way.drive = await way.lane.attempt(() => this.#claim(way, found));
    }
    await Promise.all(ways.map((way) => way.lane.endOf(this.#go(way, file, found))));
    await file.handle.close();
    const states = this.#lanes.map(({ state }) => state);
    if (states.includes("failed")) return writerExit.failed;
    return states.includes("cancelled") ? writerExit.cancelled : writerExit.done;
  }

  #openImage(): Promise<ImageFile> {
    const { image, arriving } = this.#job;
    return arriving ? openArrivingFile(image, arriving.path, this.#arrival) : reopenImageFile(image);
  }

  async #plan(file: ImageFile): Promise<Way[]> {
    const { image } = this.#job;
    const open = (from: number) => createReader(file, image.sizeBytes, from);
    const window = this.#lanes.length > 1 ? { windowChunks: SHARED_WINDOW_CHUNKS } : {};
    const shared = new SharedImage(open, image.sizeBytes, window);
    const known: Range[] = [];
    const ways: Way[] = [];
    for (const lane of this.#lanes) {
      const own = await lane.attempt(() => planPersonalisation(file, image, lane.target, known));
      if (own !== null) ways.push({ lane, chunks: shared.chunks(), own, drive: null });
    }
    shared.begin();
    return ways;
  }

  async #go(way: Way, file: ImageFile, found: BlockDevices): Promise<void> {
    const { lane, chunks, own } = way;
    const drive = way.drive ?? (await lane.attempt(() => this.#claim(way, found)));
    if (drive === null) return;
    const content = {
      chunks: personalised(unchanged(chunks, this.#job.image), own),
      sizeBytes: totalBytes(this.#job.image, own),
      mode: this.#job.mode,
    };
    const result = await lane.attempt(() =>
      flashDrive(drive, content, lane.emit, lane.signal, async () => {
        // What was read while somebody wrote to the file is neither the old image nor the new one.
        await refuseChanged(file);
        lane.commit();
      }),
    );
    if (result) lane.finish(result);
  }

  async #claim({ lane, own }: Way, found: BlockDevices): Promise<OpenDrive> {
    const checked = recheckDrive(lane.target.drive, totalBytes(this.#job.image, own), found);
    refuseAttached(checked.path, found);
    await refuseOwnPlace(checked, "The image", this.#job.arriving?.path ?? this.#job.image.path);
    return claim(checked, lane.target.drive, (text) => lane.emit({ event: "log", level: "info", text }));
  }
}

function totalBytes(image: Inspection, own: Own): number {
  return image.sizeBytes + own.tail.length;
}

function isFile({ target }: Lane, found: BlockDevices): boolean {
  return found.files.some(({ path }) => path === target.drive.path);
}

/** A practice file that is attached has a loop device, which would be written behind its back. */
function refuseAttached(path: string, found: BlockDevices): void {
  const attached = found.devices.filter((device) => device.backingFile === path).map((device) => device.path);
  if (attached.length > 0) throw driveBusy(path, attached);
}
