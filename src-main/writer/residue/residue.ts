import { HEAD_BYTES } from "../image/firmware.ts";
import type { Partition } from "../image/partitions.ts";
import type { Medium } from "../probe/medium.ts";
import { everyPartition, sectorSizes } from "../table/partitions.ts";
import { blank } from "./blank.ts";
import { residuePlaces, wholeOf } from "./places.ts";

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

  /** What signs the partitions that the image, of which this is the first MiB, lays out. */
  clearPartitions(head: Buffer): Promise<void> {
    return this.#clear(everyPartition(head, sectorSizes(this.#medium)));
  }

  #clear(partitions: Partition[]): Promise<void> {
    return blank(this.#medium, residuePlaces(partitions, this.#medium, this.#coveredBytes));
  }
}
