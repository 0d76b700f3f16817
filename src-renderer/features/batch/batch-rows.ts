/** A batch as its screen shows it: a row a card, and how they stand together. */
import { mayResume, type Run } from "#contract/runs.ts";
import type { Tone } from "../../ui/StateMark.tsx";

/** Null where the run is over and this window was not there to see it. */
export type BatchRow = { serial: string; run: Run | null };

/** How many cards stand where; `total` is all of them. */
export type Tally = { total: number; done: number; running: number; failed: number; stopped: number };

export function runsOfBatch(runs: readonly Run[], batchId: string): Run[] {
  return runs.filter((run) => run.batch?.id === batchId);
}

/** In the order of the serials. A device that was begun anew since, by itself, keeps its row. */
export function batchRows(runs: readonly Run[], batchId: string): BatchRow[] {
  const own = runsOfBatch(runs, batchId);
  const serials = own[0]?.batch?.serials ?? [];
  return serials.map((serial) => ({ serial, run: own.find((run) => run.serial === serial) ?? null }));
}

/** The last one of each batch that someone should look at, whatever else is open. */
export function batchIds(runs: readonly Run[], which: (run: Run) => boolean): string[] {
  return [...new Set(runs.filter(which).flatMap((run) => run.batch?.id ?? []))];
}

/** A run that is out of sight, being over before this window came, is one that is done. */
export function tallyOf(rows: BatchRow[]): Tally {
  const count = (...states: Run["status"]["state"][]) =>
    rows.filter(({ run }) => states.includes(run?.status.state ?? "done")).length;
  return {
    total: rows.length,
    done: count("done"),
    running: count("running"),
    failed: count("failed"),
    stopped: count("cancelled", "interrupted", "paused", "dismissed"),
  };
}

/** `2 verified, 1 under way, 1 failed`. */
export function tallyWords({ done, running, failed, stopped }: Tally): string {
  const parts = [
    { count: done, word: "verified" },
    { count: running, word: "under way" },
    { count: failed, word: "failed" },
    { count: stopped, word: "stopped" },
  ];
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(", ");
}

export function toneOf({ running, failed, stopped }: Tally): Tone {
  if (running > 0) return "running";
  if (failed > 0) return "bad";
  return stopped > 0 ? "paused" : "good";
}

/** How far one card is, from 0 to 1: writing and reading back are a half each. */
function fractionOf(run: Run | null): number {
  if (run === null) return 1;
  return run.phases.reduce((sum, { name, status }) => {
    if (name === "image") return sum;
    if (status.state === "done") return sum + 0.5;
    if (status.state !== "running" || status.progress?.kind !== "transfer") return sum;
    const { position, sizeBytes } = status.progress;
    return sum + (sizeBytes > 0 ? (0.5 * position) / sizeBytes : 0);
  }, 0);
}

/** Whole percent of all that is still worked on or done. */
export function batchPercent(rows: BatchRow[]): number {
  const counted = rows.filter(
    ({ run }) => run === null || !(mayResume(run) || run.status.state === "dismissed"),
  );
  if (counted.length === 0) return 0;
  const sum = counted.reduce((total, { run }) => total + fractionOf(run), 0);
  return Math.floor((sum / counted.length) * 100);
}

/** Bytes per second to and from all cards together. */
export function batchSpeed(rows: BatchRow[]): number {
  return rows.reduce((sum, { run }) => {
    const running = run?.phases.find(({ status }) => status.state === "running")?.status;
    const progress = running?.state === "running" ? running.progress : null;
    return sum + (progress?.kind === "transfer" ? progress.speed : 0);
  }, 0);
}

/** The run to tell how the image comes on, while all wait for it. */
export function imageRun(rows: BatchRow[]): Run | null {
  const running = rows.flatMap(({ run }) => (run?.status.state === "running" ? [run] : []));
  const isWaiting = (run: Run) => run.status.state === "running" && run.status.phase === "image";
  return running.length > 0 && running.every(isWaiting) ? (running[0] ?? null) : null;
}
