import { describe, expect, it } from "vitest";
import { CHUNK_BYTES, hashBytes } from "../../../../src-main/writer/digest.ts";
import type { ImageReader } from "../../../../src-main/writer/image/reader.ts";
import { type Chunk, SharedImage } from "../../../../src-main/writer/image/shared-image.ts";

const CHUNKS = 12;
const content = Buffer.concat(
  Array.from({ length: CHUNKS }, (_, index) => Buffer.alloc(CHUNK_BYTES, index + 1)),
);
const sizeBytes = content.length - 500;

/** Tells from where readers were opened, and reads from the content above. */
function opener() {
  const opened: number[] = [];
  const open = (from: number): ImageReader => {
    opened.push(from);
    let position = from;
    return async (buffer) => {
      const copied = content.copy(buffer, 0, position, Math.min(sizeBytes, position + buffer.length));
      position += copied;
      return copied;
    };
  };
  return { opened, open };
}

async function readAll(chunks: AsyncIterable<Chunk>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  for await (const { position, bytes, hash } of chunks) {
    expect(position).toBe(total);
    total += bytes.length;
    expect(hash).toBe(hashBytes(bytes));
    parts.push(Buffer.from(bytes));
  }
  return Buffer.concat(parts);
}

const whole = content.subarray(0, sizeBytes);

describe("an image that several drives share", () => {
  it("is read once for all that keep up", async () => {
    const { opened, open } = opener();
    const shared = new SharedImage(open, sizeBytes, { windowChunks: 4 });
    const readings = await Promise.all([1, 2, 3].map(() => shared.chunks()).map(readAll));
    for (const reading of readings) expect(reading.equals(whole)).toBe(true);
    expect(opened).toEqual([0]);
  });

  it("is read ahead of the first drive, as far as its window", async () => {
    const { open } = opener();
    let reads = 0;
    const counted = (from: number): ImageReader => {
      const read = open(from);
      return async (buffer) => {
        reads += 1;
        return read(buffer);
      };
    };
    const shared = new SharedImage(counted, sizeBytes, { windowChunks: 4 });
    const chunks = shared.chunks();
    shared.begin();
    await expect.poll(() => reads).toBe(3);
    // The window holds the place of the chunk before as well.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(reads).toBe(3);
    expect((await readAll(chunks)).equals(whole)).toBe(true);
  });

  it("is read on by itself by one that stands still, and nobody waits for it", async () => {
    const { opened, open } = opener();
    const shared = new SharedImage(open, sizeBytes, { windowChunks: 4 });
    const slow = shared.chunks();
    const quick = readAll(shared.chunks());
    const first = await slow.next();
    expect((await quick).equals(whole)).toBe(true);
    // What it holds stays its own, whatever was read since.
    expect(first.value?.bytes.equals(whole.subarray(0, CHUNK_BYTES))).toBe(true);
    const rest: Buffer[] = [Buffer.from(first.value?.bytes ?? [])];
    for await (const { bytes } of slow) rest.push(Buffer.from(bytes));
    expect(Buffer.concat(rest).equals(whole)).toBe(true);
    expect(opened).toHaveLength(2);
    expect(opened[1]).toBeLessThanOrEqual(4 * CHUNK_BYTES);
  });

  it("leaves a chunk as it is until the one after the next is asked for", async () => {
    const { open } = opener();
    const chunks = new SharedImage(open, sizeBytes, { windowChunks: 4 }).chunks();
    let previous: Chunk | null = null;
    for await (const chunk of chunks) {
      if (previous) expect(hashBytes(previous.bytes)).toBe(previous.hash);
      previous = chunk;
    }
  });

  it("is not given to who asks when its beginning may be gone", async () => {
    const { open } = opener();
    const shared = new SharedImage(open, sizeBytes, { windowChunks: 4 });
    await shared.chunks().next();
    expect(() => shared.chunks()).toThrow("is being read already");
  });

  it("fails all where it cannot be read", async () => {
    const shared = new SharedImage(() => () => Promise.reject(new Error("no disk")), sizeBytes);
    const readings = [1, 2].map(() => shared.chunks()).map(readAll);
    for (const reading of readings) await expect(reading).rejects.toThrow("no disk");
  });

  it("goes on for the others when one leaves", async () => {
    const { open } = opener();
    const shared = new SharedImage(open, sizeBytes, { windowChunks: 4 });
    const leaving = shared.chunks();
    const staying = readAll(shared.chunks());
    await leaving.next();
    await leaving.return(undefined);
    expect((await staying).equals(whole)).toBe(true);
  });
});
