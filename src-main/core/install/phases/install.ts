import { FloppyError } from "#contract/errors.ts";
import type { BuiltSystem } from "#contract/targets.ts";
import { Meter } from "../../meter.ts";
import type { ClosurePath, RemoteResult } from "../../ports.ts";
import { formatBytes } from "../../text/format.ts";
import {
  applyIdentity,
  importCommand,
  JOB_VANISHED,
  jobCommand,
  missingPathsCommand,
  nixosInstall,
  stopJobCommand,
  systemPathCommand,
} from "../system-commands.ts";
import type { Target } from "../target.ts";
import { installationOf, learn, onLiveTarget, type Work } from "../work.ts";
import { planOf } from "./partition.ts";

const HOUR_MS = 60 * 60_000;
const STORE_PATH = /^\/nix\/store\/[a-z0-9]{32}-[A-Za-z0-9+._?=-]+$/;

const REPORT_MS = 250;

/** Tells four times a second how much of a stream went by. */
async function* metered(
  { recorder }: Work,
  stream: AsyncIterable<Buffer>,
  sizeBytes: number,
): AsyncIterable<Buffer> {
  const meter = new Meter(sizeBytes, performance.now());
  let position = 0;
  let toldMs = 0;
  for await (const chunk of stream) {
    yield chunk;
    position += chunk.length;
    const nowMs = performance.now();
    if (nowMs - toldMs < REPORT_MS) continue;
    toldMs = nowMs;
    // A nar has a little more around it than nix counts.
    recorder.progress("install", { kind: "transfer", ...meter.at(Math.min(position, sizeBytes), nowMs) });
  }
}

async function missingOf(target: Target, closure: ClosurePath[]): Promise<ClosurePath[]> {
  const input = `${closure.map(({ path }) => path).join("\n")}\n`;
  const missing = new Set((await target.perform(missingPathsCommand, { input })).split("\n"));
  return closure.filter(({ path }) => missing.has(path));
}

/** Pushes what the new store lacks; what came through before a lost connection is not sent again. */
async function push(work: Work, target: Target, system: BuiltSystem): Promise<void> {
  const { ports, recorder, signal } = work;
  const closure = await ports.systems.closure(system.storePath, signal);
  const missing = await missingOf(target, closure);
  const sizeBytes = missing.reduce((sum, path) => sum + path.sizeBytes, 0);
  recorder.log("info", `${missing.length} of ${closure.length} paths to push, ${formatBytes(sizeBytes)}.`);
  if (missing.length === 0) return;
  const stream = ports.systems.exportPaths(
    missing.map(({ path }) => path),
    signal,
  );
  const input = metered(work, stream, sizeBytes);
  await target.perform(importCommand, { input, timeoutMs: 24 * HOUR_MS });
}

function installFailed({ exitCode }: RemoteResult, lines: string[]): FloppyError {
  const said =
    lines.findLast((line) => /error|fail|cannot|no space|killed/i.test(line)) ?? lines.at(-1) ?? "";
  const vanished = exitCode === JOB_VANISHED;
  return new FloppyError(
    "INSTALL_FAILED",
    vanished
      ? "nixos-install was ended from outside; the machine may have run out of memory."
      : `nixos-install ended with ${exitCode}: ${said.trim()}`,
    "The disk is laid out and keeps what was copied; the machine was not restarted. Retry this phase: it goes on where it stopped.",
    { exitCode, lines: lines.slice(-30) },
  );
}

/** Goes on by itself where the connection is lost, and is joined again. */
async function runInstaller(work: Work, target: Target, storePath: string | null): Promise<void> {
  const { recorder, signal } = work;
  const command = nixosInstall(recorder.current().target, storePath);
  const job = `install-${recorder.current().id}`;
  const stop = () => void target.ask(stopJobCommand(job)).catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  const tell = (said: string | null) =>
    recorder.progress("install", { kind: "commands", done: 0, total: 2, purpose: command.purpose, said });
  tell(null);
  try {
    await target.perform(command, {
      argv: jobCommand(job, command.command),
      timeoutMs: 12 * HOUR_MS,
      failure: installFailed,
      onLine: tell,
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The path that the system profile of the new disk leads to. */
export async function installedSystem(target: Target): Promise<string> {
  const path = (await target.ask(systemPathCommand)).trim();
  if (STORE_PATH.test(path)) return path;
  throw new FloppyError(
    "INSTALL_FAILED",
    "The new disk has no system profile.",
    "The machine was not restarted. Retry the phase “Install”.",
    { path: path.slice(0, 200) },
  );
}

/** Installs the system that was built here, or has the target build it. */
export async function install(work: Work): Promise<void> {
  const { recorder, settings, ports } = work;
  await recorder.begin("install");
  const { buildPlace } = planOf(work);
  const { system } = installationOf(work);
  const built = buildPlace === "here" ? system : null;
  const path = await onLiveTarget(work, "mount", async ({ target }) => {
    if (built) await push(work, target, built);
    await runInstaller(work, target, built?.storePath ?? null);
    await target.perform(applyIdentity);
    return installedSystem(target);
  });
  if (built === null) {
    const flake = settings.flake ?? ports.bundledFlake;
    await learn(work, { system: { storePath: path, drvPath: null, flake, revision: null } });
  }
  await recorder.finish("install", path.slice("/nix/store/".length, "/nix/store/".length + 8));
}
