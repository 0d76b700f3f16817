import { pipeSourceToDestinations } from "etcher-sdk/build/multi-write.js";
import type { WriterEvent } from "#contract/writer.ts";
import { verifyFailed } from "./drive/errors.ts";
import type { Target } from "./drive/target.ts";
import type { ImageSource } from "./image/source.ts";
import { Meter } from "./meter.ts";

type Emit = (event: WriterEvent) => void;

/** Chunks of 1 MiB between reading the image and writing the drive. */
const BUFFERS = 16;

/** Writes the image but for its head, then reads everything back. Times in seconds. */
export async function transfer(
  source: ImageSource,
  target: Target,
  sizeBytes: number,
  emit: Emit,
): Promise<{ writeSeconds: number; verifySeconds: number }> {
  const failures: Error[] = [];
  const write = stage("write", sizeBytes, emit);
  let verify = write;
  target.once("verify", () => {
    write.report(sizeBytes);
    verify = stage("verify", sizeBytes, emit);
  });
  await pipeSourceToDestinations({
    source,
    destinations: [target],
    verify: true,
    numBuffers: BUFFERS,
    onFail: (_target, error) => failures.push(error),
    onProgress: ({ position }) => verify.report(Math.min(position, sizeBytes)),
  });
  const [failure] = failures;
  if (failure) throw isMismatch(failure) ? verifyFailed(target.path, null) : failure;
  verify.report(sizeBytes);
  const seconds = (from: number, to: number) => (to - from) / 1000;
  return {
    writeSeconds: seconds(write.startedMs, verify.startedMs),
    verifySeconds: seconds(verify.startedMs, performance.now()),
  };
}

function stage(name: "write" | "verify", sizeBytes: number, emit: Emit) {
  const startedMs = performance.now();
  const meter = new Meter(sizeBytes, startedMs);
  const report = (position: number) =>
    emit({ event: "progress", stage: name, ...meter.at(position, performance.now()) });
  report(0);
  return { startedMs, report };
}

/** etcher-sdk's own checksums disagree. */
function isMismatch(error: Error): boolean {
  return "code" in error && error.code === "EVALIDATION";
}
