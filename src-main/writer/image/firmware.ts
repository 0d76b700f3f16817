import { BOOT_SECTOR_BYTES, parseBootSector } from "../fat/geometry.ts";
import { fatPartitions, type Partition } from "./partitions.ts";

export const HEAD_BYTES = 1024 ** 2;

const FIRMWARE_LABEL = "FIRMWARE";

type Candidate = { partition: Partition; sector: Buffer };

/** Watches an unpacked image flow by and picks the FAT partition that can carry a device identity. */
export class FirmwareFinder {
  #head = Buffer.alloc(HEAD_BYTES);
  #position = 0;
  #candidates: Candidate[] | null = null;

  /** The image's beginning as far as it has been seen, up to 1 MiB. */
  get head(): Buffer {
    return this.#head.subarray(0, Math.min(this.#position, HEAD_BYTES));
  }

  push(chunk: Buffer): void {
    const start = this.#position;
    this.#position += chunk.length;
    if (start < HEAD_BYTES) chunk.copy(this.#head, start);
    if (this.#candidates === null && this.#position >= HEAD_BYTES) this.#readTable();
    this.#collect(chunk, start);
  }

  /** After the last chunk: the partition, or null where the image has none. */
  finish(): Partition | null {
    if (this.#candidates === null) this.#readTable();
    const volumes = (this.#candidates ?? []).flatMap(({ partition, sector }) => {
      const geometry = parseBootSector(sector);
      const fits =
        geometry !== null &&
        geometry.sizeBytes <= partition.sizeBytes &&
        partition.offset + partition.sizeBytes <= this.#position;
      return fits ? [{ partition, label: geometry.label }] : [];
    });
    const named = volumes.find((volume) => volume.label === FIRMWARE_LABEL);
    return (named ?? volumes[0])?.partition ?? null;
  }

  #readTable(): void {
    this.#candidates = fatPartitions(this.head).map((partition) => {
      const sector = Buffer.alloc(BOOT_SECTOR_BYTES);
      this.#head.subarray(partition.offset, partition.offset + BOOT_SECTOR_BYTES).copy(sector);
      return { partition, sector };
    });
  }

  #collect(chunk: Buffer, start: number): void {
    for (const { partition, sector } of this.#candidates ?? []) {
      const from = partition.offset - start;
      if (from >= chunk.length || from + BOOT_SECTOR_BYTES <= 0) continue;
      chunk.copy(sector, Math.max(0, -from), Math.max(0, from), from + BOOT_SECTOR_BYTES);
    }
  }
}
