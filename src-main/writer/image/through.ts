import type { Duplex, Writable } from "node:stream";
import { promisify } from "node:util";

/** Each chunk is good until the next one is asked for. */
export type Chunks = AsyncIterable<Buffer>;

export async function* through(transform: Duplex, chunks: Chunks): AsyncGenerator<Buffer> {
  feed(transform, chunks).catch((error) => failUnlessLeft(transform, error));
  yield* transform;
}

/** A reader that has left destroyed it and hears nothing more: an older stream would throw an error at nobody. */
export function failUnlessLeft(
  stream: { destroyed: boolean; destroy(error: Error): void },
  error: Error,
): void {
  if (!stream.destroyed) stream.destroy(error);
}

/** One chunk at a time, each used up before the next is asked for: their reader has one buffer for all. */
export async function feed(into: Writable, chunks: Chunks): Promise<void> {
  const write = promisify<Buffer, void>((chunk, done) => into.write(chunk, done));
  for await (const chunk of chunks) await write(chunk);
  into.end();
}
