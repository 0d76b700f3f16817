import { XXHASH_SEED } from "etcher-sdk/build/constants.js";
import xxhash from "xxhash-addon";

/** The image is read, written and compared in these. */
export const CHUNK_BYTES = 1024 ** 2;

/** What one-shot hashes are made with. */
const NO_SEED = Buffer.alloc(8);

/** XXH3: fast enough to cost nothing beside the fastest drive. */
export function hashBytes(bytes: Buffer): bigint {
  return xxhash.XXHash3.hash(bytes).readBigUInt64LE();
}

/** The checksum of content that comes in pieces of any size. */
export class ContentHash {
  readonly #digest = new Digest();
  #chunk = new xxhash.XXHash3(NO_SEED);
  #filled = 0;

  push(piece: Buffer): void {
    for (let rest = piece; rest.length > 0; ) {
      const part = rest.subarray(0, CHUNK_BYTES - this.#filled);
      this.#chunk.update(part);
      this.#filled += part.length;
      if (this.#filled === CHUNK_BYTES) this.#close();
      rest = rest.subarray(part.length);
    }
  }

  finish(): string {
    if (this.#filled > 0) this.#close();
    return this.#digest.checksum();
  }

  #close(): void {
    this.#digest.add(this.#chunk.digest().readBigUInt64LE());
    this.#chunk = new xxhash.XXHash3(NO_SEED);
    this.#filled = 0;
  }
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
