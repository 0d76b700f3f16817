import type { WriterEvent } from "#contract/writer.ts";
import { Meter } from "#core/meter.ts";

export type Emit = (event: WriterEvent) => void;
type Stage = Extract<WriterEvent, { event: "progress" }>["stage"];

const REPORT_MS = 250;

/** Reports a stage's position at its start, four times a second, and at its end; returns what ends it. */
export function reportProgress(
  stage: Stage,
  sizeBytes: number,
  position: () => number,
  emit: Emit,
): () => void {
  const meter = new Meter(sizeBytes, performance.now());
  const report = () =>
    emit({ event: "progress", stage, ...meter.at(Math.min(position(), sizeBytes), performance.now()) });
  report();
  const timer = setInterval(report, REPORT_MS);
  return () => {
    clearInterval(timer);
    report();
  };
}
