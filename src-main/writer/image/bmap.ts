import { createHash } from "node:crypto";

/** Blocks of an image that hold something, and the checksum of them together. */
export type BmapRange = { firstByte: number; endByte: number; checksum: string | null };

/** What a `.bmap` says of an image, as Yocto's bmap-tools write it (versions 1.3 to 2.0). */
export type Bmap = { imageBytes: number; checksumType: string; ranges: BmapRange[] };

export class BmapError extends Error {}

/** UTF-8's mark, as its bytes are read one by one. */
const MARK = "\u00ef\u00bb\u00bf";
const checksumTypes = new Set(["sha1", "sha256"]);

function element(text: string, name: string): string {
  const found = new RegExp(`<${name}>\\s*([^<>]*?)\\s*</${name}>`).exec(text)?.[1];
  if (found === undefined) throw new BmapError(`it has no ${name}`);
  return found;
}

function count(text: string, name: string): number {
  const value = element(text, name);
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new BmapError(`its ${name} is no number`);
}

/** The file's own checksum is made with zeros in its own place. */
function requireOwnChecksum(text: string, checksumType: string): void {
  const told = element(text, checksumType === "sha1" ? "BmapFileSHA1" : "BmapFileChecksum");
  const hashOf = (content: string) =>
    createHash(checksumType)
      .update(content.replace(told, "0".repeat(told.length)), "latin1")
      .digest("hex");
  // An editor may have put a mark before it, which says nothing.
  const asMade = text.startsWith(MARK) ? text.slice(MARK.length) : text;
  if (hashOf(text) !== told && hashOf(asMade) !== told) throw new BmapError("it was changed, or is damaged");
}

function* rangesOf(text: string, blockBytes: number, imageBytes: number): Generator<BmapRange> {
  const pattern =
    /<Range(?:\s+(?:chksum|sha1)="([0-9a-f]*)")?\s*>\s*(\d{1,12})(?:\s*-\s*(\d{1,12}))?\s*<\/Range>/g;
  let last = 0;
  for (const [, checksum, first, end] of text.matchAll(pattern)) {
    const firstByte = Number(first) * blockBytes;
    const endByte = Math.min(imageBytes, (Number(end ?? first) + 1) * blockBytes);
    if (firstByte < last || endByte <= firstByte) throw new BmapError("its ranges are not in order");
    last = endByte;
    yield { firstByte, endByte, checksum: checksum ?? null };
  }
}

/** Throws BmapError for what is none, is damaged, or contradicts itself. */
export function parseBmap(text: string): Bmap {
  const version = /<bmap version="(\d+)\.\d+"/.exec(text)?.[1];
  if (version !== "1" && version !== "2") throw new BmapError("it is of no version that is known");
  const checksumType = text.includes("<ChecksumType>") ? element(text, "ChecksumType") : "sha1";
  if (!checksumTypes.has(checksumType)) throw new BmapError(`its checksums are ${checksumType}`);
  requireOwnChecksum(text, checksumType);
  const imageBytes = count(text, "ImageSize");
  const ranges = [...rangesOf(text, count(text, "BlockSize"), imageBytes)];
  if (ranges.length !== text.split("<Range").length - 1) throw new BmapError("a range of it cannot be read");
  return { imageBytes, checksumType, ranges };
}

/** Holds an image that goes by in pieces to what its `.bmap` says. */
export class BmapCheck {
  readonly #bmap: Bmap;
  #position = 0;
  #index = 0;
  #hash;

  constructor(bmap: Bmap) {
    this.#bmap = bmap;
    this.#hash = createHash(bmap.checksumType);
  }

  push(piece: Buffer): void {
    const end = this.#position + piece.length;
    for (let range = this.#range(); range && range.firstByte < end; range = this.#range()) {
      const from = Math.max(0, range.firstByte - this.#position);
      this.#hash.update(piece.subarray(from, range.endByte - this.#position));
      if (range.endByte > end) break;
      this.#close(range);
    }
    this.#position = end;
  }

  /** Throws BmapError where the image is another one. */
  finish(): void {
    const { imageBytes } = this.#bmap;
    if (this.#position !== imageBytes)
      throw new BmapError(`the image has ${this.#position} bytes, not ${imageBytes}`);
  }

  #range(): BmapRange | undefined {
    return this.#bmap.ranges[this.#index];
  }

  #close({ firstByte, checksum }: BmapRange): void {
    const found = this.#hash.digest("hex");
    this.#hash = createHash(this.#bmap.checksumType);
    this.#index += 1;
    if (checksum !== null && checksum !== found)
      throw new BmapError(`from byte ${firstByte} on the image is another one`);
  }
}
