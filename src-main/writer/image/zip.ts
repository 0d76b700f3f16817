import { crc32, createInflateRaw } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from "yauzl";
import { decodingError, OUTPUT_BYTES } from "./decode.ts";
import { imageDamaged, imageTruncated, zipUnusable } from "./errors.ts";
import type { ImageFile } from "./image-file.ts";
import { through } from "./through.ts";

/** Where the image lies in a zip, and what is known of it. */
export type ZipMember = {
  start: number;
  end: number;
  method: "stored" | "deflated";
  sizeBytes: number;
  checksum: number;
};

const METHODS: Record<number, ZipMember["method"]> = { 0: "stored", 8: "deflated" };
const IMAGE_NAME = /\.(img|iso|raw|bin|wic|sdcard|dd)$/i;
/** What desktops put beside every file: macOS its attributes, by the same name, and all of them their caches. */
const BY_DESKTOPS = /(^|\/)(__MACOSX\/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;
/** Its list ends with this, and a comment of that length. */
const END = { magic: Buffer.from("504b0506", "hex"), bytes: 22, commentAt: 20 };
const TAIL_BYTES = 1024 ** 2;
/** A zip with an image holds a text or two beside it, not a tree of files. */
const MOST_MEMBERS = 10_000;

/** The one image in a zip; whoever packed several, or encrypted it, has to be asked. */
export async function findInZip(file: ImageFile): Promise<ZipMember> {
  try {
    const zip = await fromRandomAccessReaderPromise(new FileReader(file), await withoutPadding(file), {
      autoClose: false,
    });
    if (zip.entryCount > MOST_MEMBERS) throw zipUnusable("holds too many files");
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    const entry = chooseImage(entries);
    const method = METHODS[entry.compressionMethod];
    if (entry.isEncrypted()) throw zipUnusable("is encrypted");
    if (!method) throw zipUnusable("is packed with another method than deflate");
    const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const end = start + entry.compressedSize;
    if (end > file.fileBytes) throw imageTruncated();
    return { start, end, method, sizeBytes: entry.uncompressedSize, checksum: entry.crc32 };
  } catch (error) {
    // yauzl's own have no code.
    const isYauzls = error instanceof Error && !("code" in error);
    throw isYauzls ? imageDamaged(error.message) : error;
  }
}

/** Where the zip ends that zeros may fill up, as on a tape; the file's end where it is no such one. */
async function withoutPadding({ handle, fileBytes }: ImageFile): Promise<number> {
  const start = Math.max(0, fileBytes - TAIL_BYTES);
  const { buffer, bytesRead } = await handle.read(
    Buffer.alloc(fileBytes - start),
    0,
    fileBytes - start,
    start,
  );
  const tail = buffer.subarray(0, bytesRead);
  const at = tail.lastIndexOf(END.magic);
  if (at < 0 || at + END.bytes > tail.length) return fileBytes;
  const end = at + END.bytes + tail.readUInt16LE(at + END.commentAt);
  return tail.subarray(end).every((byte) => byte === 0) ? Math.min(start + end, fileBytes) : fileBytes;
}

function chooseImage(entries: Entry[]): Entry {
  const files = entries.filter(({ fileName }) => !fileName.endsWith("/") && !BY_DESKTOPS.test(fileName));
  const images = files.filter(({ fileName }) => IMAGE_NAME.test(fileName));
  const [chosen, ...others] = images.length > 0 ? images : files;
  if (chosen && others.length === 0) return chosen;
  throw zipUnusable(images.length > 0 ? `holds ${images.length} images` : "holds no disk image");
}

/** The image, from the bytes that the zip holds of it. */
export async function* unzip(member: ZipMember, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  let checksum = 0;
  for await (const chunk of member.method === "stored" ? chunks : inflate(member, chunks)) {
    sizeBytes += chunk.length;
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (sizeBytes !== member.sizeBytes) throw imageDamaged("it has not the size that its zip says");
  if (checksum !== member.checksum) throw imageDamaged("it has not the checksum that its zip says");
}

async function* inflate({ start, end }: ZipMember, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const transform = createInflateRaw({ chunkSize: OUTPUT_BYTES });
  try {
    yield* through(transform, chunks);
  } catch (error) {
    throw decodingError(error);
  }
  if (transform.bytesWritten < end - start) throw imageDamaged("there are bytes after its end");
}

/** Reads where yauzl wants to, from the file that is open already. */
class FileReader extends RandomAccessReader {
  readonly #file: ImageFile;

  constructor(file: ImageFile) {
    super();
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    this.#file.handle.read(buffer, offset, length, position).then(
      ({ bytesRead }) => done(bytesRead === length ? null : imageTruncated()),
      (error: Error) => done(error),
    );
  }

  override close(done: (error: Error | null) => void): void {
    done(null);
  }
}
