import { crc32 } from "node:zlib";

/** A part of an .xz that can be unpacked by itself. */
export type XzBlock = {
  /** Where it begins in the file. */
  offset: number;
  /** Without the zeros that fill it up to whole words. */
  packedBytes: number;
  sizeBytes: number;
  /** Its stream's: which checksum its content has. */
  flags: Buffer;
};

/** Bytes of the file; fewer only at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;

/** A stream's header, and its footer. */
const EDGE_BYTES = 12;
const HEADER_MAGIC = Buffer.from("fd377a585a00", "hex");
const FOOTER_MAGIC = "YZ";
/** Zeros may follow a stream. More than these are left to whoever reads from the beginning. */
const TAIL_BYTES = 4096;
/** A TiB in the usual blocks has an index of a tenth of that. */
const LARGEST_INDEX_BYTES = 4 * 1024 ** 2;

/**
 * The blocks of an .xz, as the indexes at the end of its streams tell them. Null where these are not to be had: such a
 * file can still be read from its beginning, which finds out what is wrong with it.
 */
export async function findXzBlocks(read: ReadAt, fileBytes: number): Promise<XzBlock[] | null> {
  const streams: XzBlock[][] = [];
  for (let end = fileBytes; end > 0; ) {
    const stream = await readStream(read, await withoutPadding(read, end));
    if (stream === null) return null;
    streams.unshift(stream.blocks);
    end = stream.start;
  }
  return streams.flat();
}

/** Further ahead than this nobody looks for an end: what follows would be more than anybody signs with. */
const LONGEST_BEHIND_BYTES = 1024 ** 2;

/** Where the streams of an .xz end, be it at the file's end or before something that is none. */
export async function findXzEnd(read: ReadAt, fileBytes: number): Promise<number> {
  if (await readStream(read, await withoutPadding(read, fileBytes))) return fileBytes;
  const start = Math.max(0, fileBytes - LONGEST_BEHIND_BYTES);
  const tail = await read(start, fileBytes - start);
  for (let at = tail.lastIndexOf(FOOTER_MAGIC); at > 0; at = tail.lastIndexOf(FOOTER_MAGIC, at - 1)) {
    const end = at + FOOTER_MAGIC.length;
    // A stream that is cut off is no such thing.
    const another = tail.subarray(end, end + HEADER_MAGIC.length).equals(HEADER_MAGIC);
    if (!another && (start + end) % 4 === 0 && (await readStream(read, start + end))) return start + end;
  }
  return fileBytes;
}

async function withoutPadding(read: ReadAt, end: number): Promise<number> {
  const start = Math.max(0, end - TAIL_BYTES);
  const tail = await read(start, end - start);
  let length = tail.length;
  while (length >= 4 && tail.readUInt32LE(length - 4) === 0) length -= 4;
  return start + length;
}

/** The stream that ends there. */
async function readStream(read: ReadAt, end: number): Promise<{ start: number; blocks: XzBlock[] } | null> {
  if (end < 2 * EDGE_BYTES) return null;
  const footer = await read(end - EDGE_BYTES, EDGE_BYTES);
  if (footer.toString("latin1", 10) !== FOOTER_MAGIC) return null;
  if (footer.readUInt32LE(0) !== crc32(footer.subarray(4, 10))) return null;
  const flags = Buffer.from(footer.subarray(8, 10));
  const indexBytes = (footer.readUInt32LE(4) + 1) * 4;
  const indexStart = end - EDGE_BYTES - indexBytes;
  if (indexBytes > LARGEST_INDEX_BYTES || indexStart < EDGE_BYTES) return null;
  const records = readIndex(await read(indexStart, indexBytes));
  if (records === null) return null;
  const start = records.reduce((at, { packedBytes }) => at - padded(packedBytes), indexStart) - EDGE_BYTES;
  if (start < 0 || !(await read(start, EDGE_BYTES)).equals(streamHeader(flags))) return null;
  let offset = start + EDGE_BYTES;
  const blocks = records.map((record) => {
    const block = { ...record, offset, flags };
    offset += padded(record.packedBytes);
    return block;
  });
  return { start, blocks };
}

type Sizes = Pick<XzBlock, "packedBytes" | "sizeBytes">;

function readIndex(index: Buffer): Sizes[] | null {
  const content = index.subarray(0, -4);
  if (index.readUInt32LE(content.length) !== crc32(content) || content[0] !== 0) return null;
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = content[at++] ?? Number.NaN;
      value += (byte & 0x7f) * factor;
      if (Number.isNaN(byte) || !Number.isSafeInteger(value)) return Number.NaN;
      if (byte < 0x80) return value;
    }
  };
  const count = next();
  const records: Sizes[] = [];
  while (records.length < count && at < content.length)
    records.push({ packedBytes: next(), sizeBytes: next() });
  const complete = records.length === count && padded(at) === content.length;
  return complete && records.every(({ packedBytes, sizeBytes }) => packedBytes > 0 && sizeBytes >= 0)
    ? records
    : null;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function streamHeader(flags: Buffer): Buffer {
  return Buffer.concat([HEADER_MAGIC, flags, word(crc32(flags))]);
}

/** What makes a block a file of its own: what comes before it, and what after. */
export function asXzFile({ flags, ...sizes }: XzBlock): { before: Buffer; after: Buffer } {
  const record = [0, 1, ...multibyte(sizes.packedBytes), ...multibyte(sizes.sizeBytes)];
  const content = Buffer.alloc(padded(record.length));
  content.set(record);
  const index = Buffer.concat([content, word(crc32(content))]);
  const inFooter = Buffer.concat([word(index.length / 4 - 1), flags]);
  const footer = Buffer.concat([word(crc32(inFooter)), inFooter, Buffer.from(FOOTER_MAGIC)]);
  return { before: streamHeader(flags), after: Buffer.concat([index, footer]) };
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function multibyte(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...multibyte(Math.floor(value / 0x80))];
}
