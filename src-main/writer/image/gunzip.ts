import { crc32, createInflateRaw, type InflateRaw } from "node:zlib";
import type { Behind } from "./behind.ts";
import { imageDamaged, imageTruncated } from "./errors.ts";
import { type Chunks, failUnlessLeft, feed } from "./through.ts";

const MAGIC = Buffer.from("1f8b", "hex");
const DEFLATE = 8;
const FLAGS = { checksum: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 };
/** Of a member: method, flags, time and system, behind the magic number. */
const HEADER_BYTES = 8;
const TRAILER_BYTES = 8;
/** A name or a comment of a member. */
const LONGEST_TEXT = 64 * 1024;

/**
 * The unpacked bytes of a .gz of any number of members. Node's own decoder takes a zero behind a member for the end and
 * hides what follows, and cannot tell what is no member from one that is damaged; so each has a decoder of its own.
 */
export async function* gunzip(chunks: Chunks, behind: Behind, chunkSize: number): AsyncGenerator<Buffer> {
  const source = new Source(chunks);
  try {
    for (let members = 0; ; members += 1) {
      const magic = await source.take(MAGIC.length);
      if (!magic.equals(MAGIC)) {
        if (members === 0) throw imageDamaged("it does not begin as a gzip file does");
        behind.push(magic);
        for (let chunk = await source.next(); chunk; chunk = await source.next()) behind.push(chunk);
        return;
      }
      await skipHeader(source);
      yield* member(source, createInflateRaw({ chunkSize }));
    }
  } finally {
    await source.leave();
  }
}

async function skipHeader(source: Source): Promise<void> {
  const header = await source.demand(HEADER_BYTES);
  const [method = 0, flags = 0] = header;
  if (method !== DEFLATE || flags & FLAGS.reserved)
    throw imageDamaged("a member of it has an unknown header");
  if (flags & FLAGS.extra) await source.demand((await source.demand(2)).readUInt16LE());
  for (const text of [FLAGS.name, FLAGS.comment]) if (flags & text) await skipText(source);
  if (flags & FLAGS.checksum) await source.demand(2);
}

async function skipText(source: Source): Promise<void> {
  for (let length = 0; (await source.demand(1))[0] !== 0; length += 1)
    if (length > LONGEST_TEXT) throw imageDamaged("a member of it has a name without end");
}

async function* member(source: Source, inflate: InflateRaw): AsyncGenerator<Buffer> {
  let checksum = 0;
  let bytes = 0;
  const feeding = feed(inflate, upToItsEnd(source, inflate)).catch((error) => failUnlessLeft(inflate, error));
  for await (const chunk of inflate as AsyncIterable<Buffer>) {
    checksum = crc32(chunk, checksum);
    bytes += chunk.length;
    yield chunk;
  }
  // What it was given too much of is back only then.
  await feeding;
  const trailer = await source.demand(TRAILER_BYTES);
  if (trailer.readUInt32LE(0) !== checksum) throw imageDamaged("it has not the checksum that it should have");
  if (trailer.readUInt32LE(4) !== bytes % 2 ** 32)
    throw imageDamaged("it has not the size that it should have");
}

/** What an inflater took no more of is put back: there its member ended. */
async function* upToItsEnd(source: Source, inflate: InflateRaw): AsyncGenerator<Buffer> {
  let fed = 0;
  for (let chunk = await source.next(); chunk; chunk = await source.next()) {
    fed += chunk.length;
    yield chunk;
    const left = fed - inflate.bytesWritten;
    if (left > 0) return source.putBack(chunk.subarray(chunk.length - left));
  }
}

/** Chunks that can be taken in other portions. */
class Source {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: Chunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, as they come; null at the end. */
  async next(): Promise<Buffer | null> {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (rest.length > 0) return rest;
    const { done, value } = await this.#chunks.next();
    return done ? null : value;
  }

  putBack(bytes: Buffer): void {
    this.#rest = bytes;
  }

  /** So many bytes; fewer only at the end. */
  async take(bytes: number): Promise<Buffer> {
    const taken = Buffer.alloc(bytes);
    let filled = 0;
    while (filled < bytes) {
      const chunk = await this.next();
      if (!chunk) break;
      const copied = chunk.copy(taken, filled);
      filled += copied;
      this.putBack(chunk.subarray(copied));
    }
    return taken.subarray(0, filled);
  }

  async demand(bytes: number): Promise<Buffer> {
    const taken = await this.take(bytes);
    if (taken.length < bytes) throw imageTruncated();
    return taken;
  }

  async leave(): Promise<void> {
    await this.#chunks.return?.();
  }
}
