import { describe, expect, it } from "vitest";
import { CHUNK_BYTES, hashBytes } from "../../../../src-main/writer/digest.ts";
import { applyPatches } from "../../../../src-main/writer/image/patches.ts";
import { type Own, personalised } from "../../../../src-main/writer/image/personalised.ts";
import type { Chunk } from "../../../../src-main/writer/image/shared-image.ts";

function chunksOf(content: Buffer): Chunk[] {
  const count = Math.ceil(content.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const bytes = content.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    return { position: index * CHUNK_BYTES, bytes, hash: hashBytes(bytes) };
  });
}

async function* stream(chunks: Chunk[]) {
  yield* chunks;
}

async function collect(chunks: Chunk[], own: Own): Promise<Chunk[]> {
  const collected: Chunk[] = [];
  for await (const chunk of personalised(stream(chunks), own)) collected.push(chunk);
  return collected;
}

const none = Buffer.alloc(0);

describe("a shared image for one drive", () => {
  const image = Buffer.alloc(3 * CHUNK_BYTES + 700, 7);

  it("is handed on as it is where nothing is changed", async () => {
    const chunks = chunksOf(image);
    expect(await collect(chunks, { patches: [], tail: none })).toEqual(chunks);
  });

  it("is changed in a copy: the others get theirs without it", async () => {
    const patches = [{ offset: CHUNK_BYTES - 3, bytes: Buffer.from("patched") }];
    const chunks = chunksOf(image);
    const own = await collect(chunks, { patches, tail: none });
    const wanted = Buffer.from(image);
    applyPatches(wanted, 0, patches);
    expect(Buffer.concat(own.map(({ bytes }) => bytes)).equals(wanted)).toBe(true);
    expect(own.map(({ hash }) => hash)).toEqual(own.map(({ bytes }) => hashBytes(bytes)));
    expect(image.equals(Buffer.alloc(image.length, 7))).toBe(true);
    expect(own[2]).toBe(chunks[2]);
  });

  it.each([1, 300, CHUNK_BYTES, 2 * CHUNK_BYTES + 5])("may be followed by %d bytes", async (tailBytes) => {
    const tail = Buffer.alloc(tailBytes, 9);
    for (const content of [image, image.subarray(0, 2 * CHUNK_BYTES), image.subarray(0, 5)]) {
      const own = await collect(chunksOf(content), { patches: [], tail });
      expect(Buffer.concat(own.map(({ bytes }) => bytes)).equals(Buffer.concat([content, tail]))).toBe(true);
      expect(own.map(({ position }) => position)).toEqual(own.map((_, index) => index * CHUNK_BYTES));
    }
  });
});
