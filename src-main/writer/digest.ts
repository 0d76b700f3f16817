import { XXHASH_SEED } from "etcher-sdk/build/constants.js";
import xxhash from "xxhash-addon";

/** The image is read, written and compared in these. */
export const CHUNK_BYTES = 1024 ** 2;

/** XXH3: fast enough to cost nothing beside the fastest drive. */
export function hashBytes(bytes: Buffer): bigint {
  return xxhash.XXHash3.hash(bytes).readBigUInt64LE();
}

/** A stretch of the drive that was written, and the hash of what it is to hold. */
export type Stretch = { offset: number; length: number; hash: bigint };

/** What a drive is to hold: a checksum over all of it, and the stretches that are still to be read back. */
export class Digest {
  readonly #whole = new xxhash.XXHash3(XXHASH_SEED);
  readonly #written: Stretch[] = [];
  #writtenBytes = 0;

  /** The next chunk of the whole, by its hash, whether it was written or there already. */
  add(hash: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(hash);
    this.#whole.update(bytes);
  }

  wrote(stretch: Stretch): void {
    this.#written.push(stretch);
    this.#writtenBytes += stretch.length;
  }

  get written(): readonly Stretch[] {
    return this.#written;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** XXH3 of the chunks' hashes, hexadecimal. */
  checksum(): string {
    return this.#whole.digest().toString("hex");
  }
}
