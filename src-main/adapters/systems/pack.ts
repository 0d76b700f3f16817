/** A stream packed by zstd on its way, as far as the connection leaves time for it. */
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { FIRST_LEVEL, nextLevel } from "#core/install/packing-level.ts";
import type { Parcel } from "#core/ports/targets.ts";

/** Each is a frame of its own, so that the next may have another level; repeats are found within one. */
const PIECE_LOG = 24;
const PIECE = 2 ** PIECE_LOG;
const PARCEL = 256 * 1024;
const OUTPUT = 1024 * 1024;
/** Node has four threads for this and for files. */
const SIDE_BY_SIDE = Math.min(3, availableParallelism());

const { constants, zstdCompress } = zlib;
/** A Node before 22.15 has none, and Electron has the Node that it was built with. */
export const canPack = typeof zstdCompress === "function";

export async function* unpacked(stream: AsyncIterable<Buffer>): AsyncIterable<Parcel> {
  let position = 0;
  for await (const bytes of stream) {
    position += bytes.length;
    yield { bytes, position };
  }
}

async function* inPieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, null> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < PIECE) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(gathered);
  return null;
}

type Packed = { bytes: Buffer; rawBytes: number; level: number; packMs: number };

async function packPiece(piece: Buffer, level: number): Promise<Packed> {
  const started = performance.now();
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_windowLog]: PIECE_LOG,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  const bytes = await promisify(zstdCompress)(piece, { params, chunkSize: OUTPUT });
  return { bytes, rawBytes: piece.length, level, packMs: performance.now() - started };
}

/** Some pieces are packed while the one before them is sent. */
export async function* packed(stream: AsyncIterable<Buffer>): AsyncIterable<Parcel> {
  const pieces = inPieces(stream);
  const ahead: Promise<Packed | null>[] = [];
  let level = FIRST_LEVEL;
  let position = 0;
  const begin = () => {
    const next = pieces.next().then(({ value }) => value && packPiece(value, level));
    // It is told when its turn has come.
    next.catch(() => undefined);
    ahead.push(next);
  };
  try {
    for (let lane = 0; lane < SIDE_BY_SIDE; lane += 1) begin();
    for (;;) {
      const piece = await ahead.shift();
      if (!piece) return;
      begin();
      const started = performance.now();
      for (const parcel of parcels(piece, position)) yield parcel;
      position += piece.rawBytes;
      const sendMs = performance.now() - started;
      if (piece.level === level) level = nextLevel(level, { ...piece, sendMs, sideBySide: SIDE_BY_SIDE });
    }
  } finally {
    await pieces.return(null);
  }
}

/** In parts that are sent at once; what of the piece has gone with each is told by its share. */
function* parcels({ bytes, rawBytes }: Packed, position: number): Iterable<Parcel> {
  for (let at = 0; at < bytes.length; at += PARCEL) {
    const part = bytes.subarray(at, at + PARCEL);
    yield { bytes: part, position: position + Math.floor((rawBytes * (at + part.length)) / bytes.length) };
  }
}
