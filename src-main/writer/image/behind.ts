/** What lies behind a packed image in its file, and is no part of it. */
import type { Behind as FoundBehind } from "#contract/images.ts";
import { imageFollowed } from "./errors.ts";

/** More than anybody signs with. */
const MOST_BYTES = 1024 ** 2;
/** OpenWrt's build puts its metadata and a signature behind what it packed, each closed by this. */
const OPENWRT = { magic: "FWx0", bytes: 16, sizeAt: 12 };

/**
 * Takes what comes behind the end of a packed image. Zeros fill up tapes, and OpenWrt's metadata says by its own sizes
 * where it begins: these are known to be no lost part of the image. Anything else may be one.
 */
export class Behind {
  readonly #format: string;
  #kept: Buffer[] = [];
  #bytes = 0;
  #onlyZeros = true;

  constructor(format: string) {
    this.#format = format;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#onlyZeros &&= isZero(chunk);
    if (!this.#onlyZeros && this.#bytes > MOST_BYTES) this.#kept = [];
    else if (this.#bytes <= MOST_BYTES) this.#kept.push(Buffer.from(chunk));
  }

  /** What it is; null where nothing came. Throws where it is nothing that may be left out unasked. */
  judge(): FoundBehind | null {
    const bytes = this.#bytes;
    if (bytes === 0) return null;
    if (this.#onlyZeros) return { kind: "zeros", bytes };
    const kept = Buffer.concat(this.#kept);
    if (kept.length === bytes && isZero(kept.subarray(0, openWrtStart(kept))))
      return { kind: "openwrt", bytes };
    throw imageFollowed(this.#format, bytes);
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Where the row of OpenWrt's pieces begins that reaches to the end; the end where there is none. */
function openWrtStart(bytes: Buffer): number {
  let start = bytes.length;
  while (start >= OPENWRT.bytes) {
    const closing = bytes.subarray(start - OPENWRT.bytes, start);
    const size = closing.readUInt32BE(OPENWRT.sizeAt);
    if (closing.toString("latin1", 0, 4) !== OPENWRT.magic || size < OPENWRT.bytes || size > start) break;
    start -= size;
  }
  return start;
}
