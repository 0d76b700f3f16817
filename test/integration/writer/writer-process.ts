/** The true writer, in its own process, with its events as they come. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { DriveIdentity } from "#contract/drives.ts";
import type { Inspection } from "#contract/images.ts";
import {
  type FlashJob,
  type FlashTarget,
  type MediumFile,
  type WriteMode,
  type WriterEvent,
  type WriterJob,
  writerEvent,
} from "#contract/writer.ts";
import { deviceIdentity, fileIdentity } from "#core/drives/identity.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { builtProgram } from "../../support/built.ts";

export const writerScript = builtProgram("writer");

export type Ended = {
  code: number | null;
  signal: string | null;
  events: WriterEvent[];
  last: WriterEvent | undefined;
};

export type WriterProcess = {
  child: ChildProcessByStdio<Writable, Readable, Readable>;
  pid: number;
  events: WriterEvent[];
  /** The first event, past or to come, that the test asks for. */
  event(wanted: (event: WriterEvent) => boolean): Promise<WriterEvent>;
  /** What was written to stderr so far. */
  stderr(): string;
  ended: Promise<Ended>;
};

const running = new Set<WriterProcess>();

export function startWriter(
  firstLine: string | WriterJob,
  nodeOptions: string[] = [],
  env = {},
  through: string[] = [],
): WriterProcess {
  const [program = "", ...parameters] = [...through, process.execPath, ...nodeOptions, writerScript];
  const child = spawn(program, parameters, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  child.stdin.write(`${typeof firstLine === "string" ? firstLine : JSON.stringify(firstLine)}\n`);
  const events: WriterEvent[] = [];
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    events.push(writerEvent.parse(JSON.parse(line)));
    for (const look of waiting) look();
  });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const writer: WriterProcess = {
    child,
    pid: child.pid ?? 0,
    events,
    event: (wanted) =>
      new Promise((found) => {
        const look = () => {
          const event = events.find(wanted);
          if (!event) return;
          waiting.delete(look);
          found(event);
        };
        waiting.add(look);
        look();
      }),
    stderr: () => stderr,
    ended: Promise.all([once(child, "exit"), once(lines, "close")]).then(([[code, signal]]) => {
      running.delete(writer);
      return { code, signal, events, last: events.at(-1) };
    }),
  };
  running.add(writer);
  return writer;
}

/** For afterEach: no test leaves a writer behind. */
export async function killWriters(): Promise<void> {
  const left = [...running];
  for (const writer of left) writer.child.kill("SIGKILL");
  await Promise.all(left.map((writer) => writer.ended));
}

export async function inspect(path: string): Promise<Inspection> {
  const { last } = await startWriter({ job: "inspect", path }).ended;
  if (last?.event === "inspected") return last.inspection;
  throw new Error(`inspecting ${path} ended with ${JSON.stringify(last)}`);
}

export async function identify(path: string): Promise<DriveIdentity> {
  const found = await readBlockDevices([path]);
  const device = found.devices.find((candidate) => candidate.path === path);
  if (device) return deviceIdentity(device);
  const [file] = found.files;
  if (file) return fileIdentity(file);
  throw new Error(`there is no drive ${path}`);
}

type FlashOptions = { mode?: WriteMode; placement?: FlashTarget["placement"] };

export async function flashJob(
  image: string,
  drive: string | string[],
  files: MediumFile[] = [],
  { mode = "auto", placement = "firmware" }: FlashOptions = {},
): Promise<FlashJob> {
  const drives = await Promise.all([drive].flat().map(identify));
  const targets = drives.map((identity) => ({ drive: identity, files, placement }));
  return { job: "flash", image: await inspect(image), mode, targets };
}

export async function flash(
  image: string,
  drive: string | string[],
  files: MediumFile[] = [],
  options: FlashOptions = {},
): Promise<Ended> {
  return startWriter(await flashJob(image, drive, files, options)).ended;
}

export function reaches(stage: "inspect" | "write" | "verify") {
  return (event: WriterEvent) => event.event === "progress" && event.stage === stage;
}

export function failedWith({ last }: Ended): string {
  return last?.event === "failed" ? last.error.code : `no failure but ${JSON.stringify(last)}`;
}
