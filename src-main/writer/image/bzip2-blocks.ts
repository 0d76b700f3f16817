import type { Behind } from "./behind.ts";
import { imageDamaged, imageTruncated } from "./errors.ts";

/** A block as a file of its own, which any decoder unpacks and checks. */
export type Bzip2Block = Buffer;

const MAGIC = { block: 0x314159265359, end: 0x177245385090 };
const MAGIC_BITS = 48;
const CHECKSUM_BITS = 32;
const MARK_BITS = MAGIC_BITS + CHECKSUM_BITS;
/** A magic number that begins anywhere in a byte ends, with its checksum, in these. */
const MARK_BYTES = 11;
const HEADER_BYTES = 4;
/** The largest block does not become larger than that by packing. */
const LARGEST_BLOCK_BYTES = 1.5 * 1024 ** 2;

type Mark = { kind: keyof typeof MAGIC; bit: number; checksum: number };

/** By the value of a byte: where, in the byte before, a magic number may have begun. */
const starts = Array.from({ length: 256 }, (_, value) =>
  [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) =>
    Object.values(MAGIC).some((magic) => Math.floor(magic / 2 ** (32 + bit)) % 256 === value),
  ),
);

/**
 * Takes a .bz2 apart. Nothing tells where its blocks begin but a number of 48 bits, at any bit; that packed bytes hold
 * it by chance happens once in some ten thousand gigabytes, and is then found by the checksums.
 */
export class Bzip2Splitter {
  #bytes = Buffer.alloc(0);
  /** Up to here no mark begins that was not seen. */
  #searched = 0;
  #open: Mark | null = null;
  #level = "9";
  #combined = 0;
  /** Bytes at the end that are not the file's. */
  #padding = 0;
  readonly #behind: Behind | null;
  #streams = 0;
  #isOver = false;

  /** Without somebody to take what lies behind the streams, there may be nothing. */
  constructor(behind: Behind | null = null) {
    this.#behind = behind;
  }

  *push(chunk: Buffer): Generator<Bzip2Block> {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (!this.#isOver) {
      if (!this.#open && !this.#readHeader()) break;
      const mark = this.#nextMark();
      if (!mark) break;
      const block = this.#close(mark);
      if (block) yield block;
    }
    if (this.#isOver) this.#leave();
    this.#drop(this.#open ? this.#open.bit >> 3 : 0);
    if (this.#bytes.length > LARGEST_BLOCK_BYTES + chunk.length)
      throw imageDamaged("a bzip2 block has no end");
  }

  /** What is left at the end of the file. Throws where that came too early. */
  *finish(): Generator<Bzip2Block> {
    // The last mark may end with the file, and be a byte shorter than others.
    this.#padding = 1;
    yield* this.push(Buffer.alloc(1));
    if (!this.#open && this.#streams > 0) this.#leave();
    if (this.#open || this.#bytes.length > 1) throw imageTruncated();
  }

  #leave(): void {
    this.#behind?.push(this.#bytes.subarray(0, this.#bytes.length - this.#padding));
    if (this.#behind) this.#bytes = Buffer.alloc(0);
  }

  /** Of a stream: several may follow one another. False where there is too little of it yet. */
  #readHeader(): boolean {
    if (this.#bytes.length < HEADER_BYTES + MARK_BYTES - 1) return false;
    const [, level] = /^BZh([1-9])$/.exec(this.#bytes.toString("latin1", 0, HEADER_BYTES)) ?? [];
    const first = this.#markAt(HEADER_BYTES * 8);
    if (!level || !first) {
      this.#isOver = this.#behind !== null && this.#streams > 0;
      if (this.#isOver) return false;
      throw imageDamaged("there are bytes that belong to no bzip2 stream");
    }
    this.#level = level;
    this.#combined = 0;
    this.#searched = HEADER_BYTES + 1;
    if (first.kind === "block") this.#open = first;
    else this.#endStream(first);
    return this.#open !== null || this.#readHeader();
  }

  #nextMark(): Mark | null {
    const last = this.#bytes.length - MARK_BYTES;
    for (; this.#searched <= last; this.#searched += 1) {
      for (const bit of starts[this.#bytes[this.#searched + 1] ?? 0] ?? []) {
        const mark = this.#markAt(this.#searched * 8 + bit);
        if (mark) return mark;
      }
    }
    return null;
  }

  #markAt(bit: number): Mark | null {
    const magic = this.#bits24(bit) * 2 ** 24 + this.#bits24(bit + 24);
    const checksum = this.#bits24(bit + 48) * 2 ** 8 + (this.#bits24(bit + 72) >>> 16);
    if (magic === MAGIC.block) return { kind: "block", bit, checksum };
    return magic === MAGIC.end ? { kind: "end", bit, checksum } : null;
  }

  #bits24(bit: number): number {
    const at = bit >> 3;
    const [first = 0, second = 0, third = 0, fourth = 0] = this.#bytes.subarray(at, at + 4);
    return (((first << 24) | (second << 16) | (third << 8) | fourth) << (bit & 7)) >>> 8;
  }

  #close(mark: Mark): Bzip2Block | null {
    const open = this.#open;
    if (!open) return null;
    const block = asBzip2File(this.#bytes, open, mark.bit, this.#level);
    this.#combined = (((this.#combined << 1) | (this.#combined >>> 31)) ^ open.checksum) >>> 0;
    this.#searched = (mark.bit >> 3) + 1;
    if (mark.kind === "block") this.#open = mark;
    else this.#endStream(mark);
    return block;
  }

  #endStream({ bit, checksum }: Mark): void {
    const end = Math.ceil((bit + MARK_BITS) / 8);
    if (end > this.#bytes.length - this.#padding) throw imageTruncated();
    if (checksum !== this.#combined) throw imageDamaged("it has not the checksum that it should have");
    this.#open = null;
    this.#streams += 1;
    this.#drop(end);
  }

  #drop(bytes: number): void {
    this.#bytes = this.#bytes.subarray(bytes);
    this.#searched = Math.max(0, this.#searched - bytes);
    if (this.#open) this.#open = { ...this.#open, bit: this.#open.bit - bytes * 8 };
  }
}

/** From the block's mark up to the next one, moved to where bytes begin, and with an end of its own. */
function asBzip2File(bytes: Buffer, { bit, checksum }: Mark, end: number, level: string): Buffer {
  const bits = end - bit;
  const file = Buffer.alloc(HEADER_BYTES + Math.ceil((bits + MARK_BITS) / 8));
  file.write(`BZh${level}`);
  const from = bit >> 3;
  const shift = bit & 7;
  const wholeBytes = bits >> 3;
  for (let at = 0; at <= wholeBytes; at += 1) {
    const pair = ((bytes[from + at] ?? 0) << 8) | (bytes[from + at + 1] ?? 0);
    file[HEADER_BYTES + at] = pair >> (8 - shift);
  }
  const over = bits & 7;
  const last = HEADER_BYTES + wholeBytes;
  file[last] = (file[last] ?? 0) & (0xff00 >> over);
  for (const [index, byte] of endMark(checksum).entries()) {
    file[last + index] = (file[last + index] ?? 0) | (byte >> over);
    if (over > 0) file[last + index + 1] = (byte << (8 - over)) & 0xff;
  }
  return file;
}

function endMark(checksum: number): Buffer {
  const mark = Buffer.alloc(MARK_BITS / 8);
  mark.writeUIntBE(MAGIC.end, 0, MAGIC_BITS / 8);
  mark.writeUInt32BE(checksum, MAGIC_BITS / 8);
  return mark;
}
