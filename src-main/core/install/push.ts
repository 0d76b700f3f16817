/** Brings a system that was built here into the new store, by the shortest ways. */
import { type ErrorCode, FloppyError } from "#contract/errors.ts";
import type { BuiltSystem, PlannedCommand } from "#contract/targets.ts";
import { Meter } from "../meter.ts";
import type { ClosurePath, Parcel } from "../ports/targets.ts";
import { formatBytes } from "../text/format.ts";
import {
  importCommand,
  missingOnStickCommand,
  missingPathsCommand,
  takeFromStickCommand,
  unpackerCommand,
} from "./system-commands.ts";
import type { Target } from "./target.ts";
import type { Work } from "./work.ts";

const MINUTE_MS = 60_000;
const REPORT_MS = 250;

const stickFailures = new Set<ErrorCode>(["TARGET_FAILED", "TARGET_TIMEOUT"]);

const lines = (paths: ClosurePath[]) => paths.map(({ path }) => `${path}\n`).join("");
const sizeOf = (paths: ClosurePath[]) => paths.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** Tells four times a second how much of the paths has gone; of what is packed or waits to be sent, nothing. */
async function* metered(
  { recorder }: Work,
  parcels: AsyncIterable<Parcel>,
  sizeBytes: number,
): AsyncIterable<Buffer> {
  const meter = new Meter(sizeBytes, performance.now());
  let toldMs = Number.NEGATIVE_INFINITY;
  let sentBytes = 0;
  for await (const { bytes, position } of parcels) {
    yield bytes;
    sentBytes += bytes.length;
    const nowMs = performance.now();
    if (nowMs - toldMs < REPORT_MS) continue;
    toldMs = nowMs;
    // A nar has a little more around it than nix counts.
    recorder.progress("install", { kind: "transfer", ...meter.at(Math.min(position, sizeBytes), nowMs) });
  }
  recorder.log("info", `${formatBytes(sizeBytes)} went as ${formatBytes(sentBytes)}.`);
}

/** Those of the paths that a store lacks, by what it says of them. */
async function missingOf(
  target: Target,
  question: PlannedCommand,
  paths: ClosurePath[],
): Promise<ClosurePath[]> {
  const missing = new Set((await target.perform(question, { input: lines(paths) })).split("\n"));
  return paths.filter(({ path }) => missing.has(path));
}

/** What the running installer consists of is here already. A stick that cannot be read costs time, nothing else. */
async function takeFromStick({ recorder }: Work, target: Target, missing: ClosurePath[]): Promise<void> {
  const absent = new Set(await missingOf(target, missingOnStickCommand, missing));
  const there = missing.filter((path) => !absent.has(path));
  if (there.length === 0) return;
  const { purpose } = takeFromStickCommand;
  recorder.progress("install", { kind: "commands", done: 0, total: 2, purpose, said: null });
  try {
    await target.perform(takeFromStickCommand, { input: lines(there), timeoutMs: 30 * MINUTE_MS });
    recorder.log("info", `${there.length} paths came from the stick, ${formatBytes(sizeOf(there))}.`);
  } catch (thrown) {
    if (!(thrown instanceof FloppyError && stickFailures.has(thrown.code))) throw thrown;
    recorder.log("warning", `The stick does not give all it holds; the rest is sent. ${thrown.message}`);
  }
}

/** Pushes what the new store lacks; what came through before a lost connection is not sent again. */
export async function push(work: Work, target: Target, system: BuiltSystem): Promise<void> {
  const { ports, recorder, signal } = work;
  const closure = await ports.systems.closure(system.storePath, signal);
  const lacking = await missingOf(target, missingPathsCommand, closure);
  if (lacking.length > 0) await takeFromStick(work, target, lacking);
  const missing = lacking.length > 0 ? await missingOf(target, missingPathsCommand, lacking) : [];
  const sizeBytes = sizeOf(missing);
  recorder.log("info", `${missing.length} of ${closure.length} paths to push, ${formatBytes(sizeBytes)}.`);
  if (missing.length === 0) return;
  const packed = (await target.ask(unpackerCommand)).trim() !== "";
  const paths = missing.map(({ path }) => path);
  const input = metered(work, ports.systems.exportPaths(paths, { packed }, signal), sizeBytes);
  await target.perform(importCommand, { input, timeoutMs: 24 * 60 * MINUTE_MS });
}
