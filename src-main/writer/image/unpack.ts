import { findXz } from "#linux/system-xz.ts";
import { decode } from "./decode.ts";
import { type ImageFile, readChunks, readSpan } from "./image-file.ts";
import { blocksToShare, tellTheirSizes, unpackBlocks } from "./xz-blocks.ts";
import type { XzBlock } from "./xz-index.ts";
import { findInZip, unzip } from "./zip.ts";

/** Is given all of the file as it lies on disk, in order, by the time that the unpacked image has ended. */
export type Observer = (chunk: Buffer) => void;

/** The unpacked image from a place on. Each chunk is good until the next one is asked for. */
export async function* unpack(
  file: ImageFile,
  { from = 0, observe }: { from?: number; observe?: Observer } = {},
): AsyncGenerator<Buffer> {
  const blocks = await blocksToShare(file);
  if (blocks && (from > 0 || !(await xzShares(file, blocks)))) {
    return yield* inBlocks(file, blocks, from, observe);
  }
  let toSkip = from;
  for await (const chunk of fromItsBeginning(file, observe)) {
    const wanted = chunk.subarray(toSkip);
    toSkip -= chunk.length - wanted.length;
    if (wanted.length > 0) yield wanted;
  }
}

/** The system's xz is quicker at that, from the beginning on. */
async function xzShares(file: ImageFile, blocks: XzBlock[]): Promise<boolean> {
  return ((await findXz())?.sharesBlocks ?? false) && tellTheirSizes(file, blocks);
}

/** The decoders read here and there: whoever wants to see the file in order gets it anew, from the page cache. */
async function* inBlocks(file: ImageFile, blocks: XzBlock[], from: number, observe?: Observer) {
  let seen = 0;
  const showUpTo = async (end: number) => {
    if (end > seen) await show(file, seen, end, observe);
    seen = end;
  };
  for await (const { data, end } of unpackBlocks(file, blocks, from)) {
    await showUpTo(end);
    yield data;
  }
  await showUpTo(Number.POSITIVE_INFINITY);
}

function fromItsBeginning(file: ImageFile, observe?: Observer): AsyncGenerator<Buffer> {
  const { format } = file;
  if (format === "zip") return fromZip(file, observe);
  return decode(format, observed(readChunks(file), observe));
}

async function* fromZip(file: ImageFile, observe?: Observer): AsyncGenerator<Buffer> {
  const member = await findInZip(file);
  const { start, end } = member;
  await show(file, 0, start, observe);
  yield* unzip(member, observed(readSpan(file, start, end), observe));
  await show(file, end, Number.POSITIVE_INFINITY, observe);
}

async function show(file: ImageFile, start: number, end: number, observe?: Observer): Promise<void> {
  if (observe) for await (const chunk of readSpan(file, start, end)) observe(chunk);
}

async function* observed(chunks: AsyncIterable<Buffer>, observe?: Observer): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    observe?.(chunk);
    yield chunk;
  }
}
