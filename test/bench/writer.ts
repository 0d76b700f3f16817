import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { WriterEvent, WriterJob } from "#contract/writer.ts";
import { measure, type Run } from "./measured-process.ts";
import { type BenchDrive, run } from "./workshop.ts";

const root = resolve(import.meta.dirname, "../..");
const script = join(root, "out/main/writer.js");

/** The built writer, as users have it; built anew where it is missing or older than its source. */
export function builtWriter(): string {
  const sources = globSync("src-main/{contract,core,linux,writer}/**/*.ts", { cwd: root });
  const newest = Math.max(...sources.map((path) => statSync(join(root, path)).mtimeMs));
  if (!existsSync(script) || statSync(script).mtimeMs < newest) run("npm", "run", "--silent", "build");
  return script;
}

/** Writes and verifies with the writer; what it takes to inspect the image first is not counted. */
export async function flash(image: string, drive: BenchDrive, nodeOptions: string[] = []): Promise<Run> {
  const writer = [process.execPath, ...nodeOptions, builtWriter()];
  const inspected = lastEvent(await measure(writer, JSON.stringify({ job: "inspect", path: image })));
  if (inspected.event !== "inspected") throw new Error(JSON.stringify(inspected));
  const job: WriterJob = {
    job: "flash",
    image: inspected.inspection,
    drive: identify(drive.path),
    files: [],
    placement: "firmware",
  };
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
