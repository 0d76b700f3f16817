import type { Behind } from "./behind.ts";
import { type Bzip2Block, Bzip2Splitter } from "./bzip2-blocks.ts";
import { Bzip2Workers } from "./bzip2-workers.ts";

/** A block of runs unpacks to 46 MiB; of these there is one at a time. */
const DENSE_BYTES = 4096;

/** The unpacked bytes of a .bz2 of any number of streams, by several cores, in their order. */
export async function* unbzip2(chunks: AsyncIterable<Buffer>, behind: Behind): AsyncGenerator<Buffer> {
  const workers = new Bzip2Workers();
  const working: Promise<Uint8Array<ArrayBuffer>>[] = [];
  async function* next(): AsyncGenerator<Buffer> {
    const unpacked = await working.shift();
    if (!unpacked) return;
    yield Buffer.from(unpacked.buffer);
    // It may be large, and the collector is in no hurry.
    unpacked.buffer.transfer(0);
  }
  try {
    for await (const block of blocksOf(chunks, behind)) {
      const allowed = block.length < DENSE_BYTES ? 1 : workers.count + 1;
      while (working.length >= allowed) yield* next();
      const unpacking = workers.unpack(block);
      // Met again where it is waited for; until then it is no unhandled one.
      unpacking.catch(() => undefined);
      working.push(unpacking);
    }
    while (working.length > 0) yield* next();
  } finally {
    await workers.close();
  }
}

async function* blocksOf(chunks: AsyncIterable<Buffer>, behind: Behind): AsyncGenerator<Bzip2Block> {
  const splitter = new Bzip2Splitter(behind);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.finish();
}
