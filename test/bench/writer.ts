import { existsSync, readFileSync } from "node:fs";
import type { FlashJob, WriteMode, WriterEvent } from "#contract/writer.ts";
import { buildIfStale, builtProgram } from "../support/built.ts";
import { measure, type Run } from "./measured-process.ts";
import { type BenchDrive, type BenchDrives, run } from "./workshop.ts";

/** The built writer; built anew where it is missing or older than its source. */
export function builtWriter(): string {
  buildIfStale();
  return builtProgram("writer");
}

/** A job for the built writer; what it takes to inspect the image first is not counted. */
export async function flashJob(image: string, paths: string[], mode: WriteMode = "auto"): Promise<FlashJob> {
  const writer = [process.execPath, builtWriter()];
  const inspected = lastEvent(await measure(writer, JSON.stringify({ job: "inspect", path: image })));
  if (inspected.event !== "inspected") throw new Error(JSON.stringify(inspected));
  const targets = paths.map((path) => ({
    drive: identify(path),
    files: [],
    placement: "firmware" as const,
  }));
  return { job: "flash", image: inspected.inspection, mode, targets };
}

export type FlashOptions = { mode?: WriteMode; nodeOptions?: string[] };

/** Writes and verifies with the writer, from its start to its exit. */
export async function flash(
  image: string,
  drive: BenchDrive | BenchDrives,
  { mode, nodeOptions = [] }: FlashOptions = {},
): Promise<Run> {
  const job = await flashJob(image, "paths" in drive ? drive.paths : [drive.path], mode);
  const writer = [process.execPath, ...nodeOptions, builtWriter()];
  return measure([...drive.runner, ...writer], JSON.stringify(job));
}

function identify(path: string) {
  const sequence = `/sys/class/block/${path.slice("/dev/".length)}/diskseq`;
  return {
    path,
    byId: null,
    serial: null,
    wwn: null,
    model: null,
    sizeBytes: Number(run("blockdev", "--getsize64", path)),
    diskSequence: existsSync(sequence) ? Number(readFileSync(sequence, "utf8")) : null,
  };
}

function lastEvent({ stdout }: Run): WriterEvent {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
}
