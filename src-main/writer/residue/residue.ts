import { HEAD_BYTES } from "../image/firmware.ts";
import type { Partition } from "../image/partitions.ts";
import type { Chunk } from "../image/shared-image.ts";
import type { Medium } from "../probe/medium.ts";
import { everyPartition } from "../table/partitions.ts";
import { blank } from "./blank.ts";
import { residuePlaces, wholeOf } from "./places.ts";

/** A reader may count in larger sectors than the device that the card is for. */
const USUAL_SECTOR_BYTES = 512;

/**
 * What is left of a drive's old content behind an image. It is blanked before the image is written: a flash that is
 * broken off leaves no old table to be found again, and what a false card loses by it is found when it is read back.
 */
export class Residue {
  readonly #medium: Medium;
  readonly #coveredBytes: number;

  constructor(medium: Medium, imageBytes: number) {
    this.#medium = medium;
    // The head is written whole, whatever the image's size.
    this.#coveredBytes = Math.max(imageBytes, HEAD_BYTES);
  }

  /** What signs the drive as one. */
  clearDrive(): Promise<void> {
    return this.#clear([wholeOf(this.#medium)]);
  }

  /** Hands an image on once nothing old signs its partitions: their table is in its first chunk. */
  async *clearFor(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of chunks) {
      if (chunk.position === 0) {
        await this.#clear(everyPartition(chunk.bytes, [USUAL_SECTOR_BYTES, this.#medium.alignment]));
      }
      yield chunk;
    }
  }

  #clear(partitions: Partition[]): Promise<void> {
    return blank(this.#medium, residuePlaces(partitions, this.#medium, this.#coveredBytes));
  }
}
