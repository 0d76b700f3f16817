import { copy } from "./copy.ts";
import { Digest } from "./digest.ts";
import type { Target } from "./drive/target.ts";
import type { ImageReader } from "./image/reader.ts";
import { type Emit, reportProgress } from "./progress.ts";
import { verify } from "./verify.ts";

export type Transferred = { checksum: string; writeSeconds: number; verifySeconds: number };

/** Writes the image but for its head, then reads everything back. */
export async function transfer(
  read: ImageReader,
  target: Target,
  sizeBytes: number,
  emit: Emit,
): Promise<Transferred> {
  const digest = new Digest();
  const stage = async (name: "write" | "verify", act: (at: (position: number) => void) => Promise<void>) => {
    const startedMs = performance.now();
    let position = 0;
    const stopReporting = reportProgress(name, sizeBytes, () => position, emit);
    try {
      await act((reached) => {
        position = reached;
      });
    } finally {
      stopReporting();
    }
    return (performance.now() - startedMs) / 1000;
  };
  const writeSeconds = await stage("write", (at) => copy(read, target, digest, at));
  const verifySeconds = await stage("verify", (at) => verify(target, digest, sizeBytes, at));
  return { checksum: digest.checksum(), writeSeconds, verifySeconds };
}
