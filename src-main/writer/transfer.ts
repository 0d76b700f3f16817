import type { WriteMode } from "#contract/writer.ts";
import { copy } from "./copy.ts";
import { Digest } from "./digest.ts";
import type { Target } from "./drive/target.ts";
import type { Chunk } from "./image/shared-image.ts";
import { OldContent } from "./old-content.ts";
import { type Emit, reportProgress } from "./progress.ts";
import { verify } from "./verify.ts";

export type Transferred = {
  savedBytes: number;
  checksum: string;
  writeSeconds: number;
  verifySeconds: number;
};

/** What a drive is to hold, and how it gets there. */
export type Content = { chunks: AsyncIterable<Chunk>; sizeBytes: number; mode: WriteMode };

/** Writes all but the head, then reads back what was written. */
export async function transfer(
  { chunks, sizeBytes, mode }: Content,
  target: Target,
  emit: Emit,
  signal: AbortSignal,
): Promise<Transferred> {
  const digest = new Digest();
  const old = new OldContent(target, mode, sizeBytes);
  const stage = async (
    name: "write" | "verify",
    bytes: number,
    act: (at: (position: number) => void) => Promise<void>,
  ) => {
    const startedMs = performance.now();
    let position = 0;
    const stopReporting = reportProgress(name, bytes, () => position, emit);
    try {
      await act((reached) => {
        position = reached;
      });
    } finally {
      stopReporting();
    }
    return (performance.now() - startedMs) / 1000;
  };
  const writeSeconds = await stage("write", sizeBytes, (at) =>
    copy(untilAborted(chunks, signal), target, old, digest, at),
  );
  const { writtenBytes } = digest;
  const verifySeconds = await stage("verify", writtenBytes, (at) => verify(target, digest, at, signal));
  return { savedBytes: sizeBytes - writtenBytes, checksum: digest.checksum(), writeSeconds, verifySeconds };
}

async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}
