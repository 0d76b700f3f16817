import { XXHASH_SEED } from "etcher-sdk/build/constants.js";
import xxhash from "xxhash-addon";

/** The image is read, written and compared in these. */
export const CHUNK_BYTES = 1024 ** 2;

/** What went by: a checksum of all of it, and one of each chunk to tell where two begin to differ. */
export class Digest {
  readonly #whole = new xxhash.XXHash3(XXHASH_SEED);
  readonly #chunks: bigint[] = [];

  add(chunk: Buffer): void {
    this.#whole.update(chunk);
    this.#chunks.push(xxhash.XXHash3.hash(chunk).readBigUInt64LE());
  }

  /** XXH3, hexadecimal. */
  checksum(): string {
    return this.#whole.digest().toString("hex");
  }

  /** Whether the chunks seen so far are those that the other one saw first. */
  startsLike(other: Digest): boolean {
    const last = this.#chunks.length - 1;
    return this.#chunks[last] === other.#chunks[last];
  }
}
