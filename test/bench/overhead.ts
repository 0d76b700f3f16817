/** What it costs to be led by Floppy: the commands of an installation, run by it and typed into one SSH session. */
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { createVault } from "#adapters/vault.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import type { Remote, RemoteCommand } from "#core/ports/targets.ts";
import { shellQuote } from "#core/text/shell.ts";
import { attend, type Bench, createFloppyBench, openAt } from "../lab/floppy.ts";
import { laptopHardware, OWN } from "../lab/laptop.ts";
import { restoreTarget, type Snapshot, startTarget, type Target } from "../lab/target.ts";
import type { Benchmark, Measured } from "./benchmark.ts";

const RUNS = 3;
const before: PhaseName[] = ["boot", "reach", "plan"];
const timed: PhaseName[] = ["partition", "mount", "configure", "install", "check"];

/** A command as it was run; what went into it lies in a file. */
type Recorded = { line: string; input: string | null };

/** Keeps every command with its input. */
function recording(remote: Remote, folder: string, recorded: Recorded[]): Remote {
  async function keep({ argv, input }: RemoteCommand): Promise<Recorded> {
    const line = shellQuote(argv);
    const file = join(folder, `input-${recorded.length}`);
    if (input === undefined) return { line, input: null };
    if (typeof input === "string" || Buffer.isBuffer(input)) await writeFile(file, input);
    else await pipeline(input, createWriteStream(file));
    return { line, input: file };
  }
  return {
    ...remote,
    async connect(...args) {
      const session = await remote.connect(...args);
      return {
        ...session,
        async run(command, signal) {
          const kept = await keep(command);
          recorded.push(kept);
          const input = kept.input === null ? undefined : createReadStream(kept.input);
          return session.run({ ...command, ...(input && { input }) }, signal);
        },
      };
    },
  };
}

function secondsOf({ phases }: Run): number {
  const spent = phases.flatMap(({ name, status }) =>
    timed.includes(name) && status.state === "done"
      ? [Date.parse(status.endedAt) - Date.parse(status.startedAt)]
      : [],
  );
  if (spent.length !== timed.length) throw new Error(`Not installed: ${JSON.stringify(phases)}`);
  return spent.reduce((sum, one) => sum + one, 0) / 1000;
}

/** Installs by Floppy; the commands of the timed phases go to `recorded`, if that is given. */
async function byFloppy(bench: Bench, booted: Snapshot, recorded?: Recorded[]): Promise<number> {
  const target = await restoreTarget(booted);
  const all: Recorded[] = [];
  const through = (remote: Remote) => (recorded ? recording(remote, bench.folder, all) : remote);
  const opened = await openAt(await bench.copyData(), bench.runId, {}, through);
  try {
    attend(opened.floppy, bench.runId, target, OWN);
    const follow = async (phases: PhaseName[]) => {
      await opened.floppy.handlers["runs.follow"]({ runId: bench.runId, phases });
      await opened.until("to begin", ({ status }) => status.state === "running");
      return opened.ended();
    };
    await follow(before);
    const first = all.length;
    const seconds = secondsOf(await follow(timed));
    recorded?.push(...all.slice(first));
    return seconds;
  } finally {
    await opened.close();
    await target.stop();
  }
}

/** One session of OpenSSH's own, that commands go through one after another. */
async function openSession(bench: Bench, target: Target) {
  const secrets = await createVault({ folder: join(bench.folder, "data/secrets") }).load(bench.runId);
  if (!secrets) throw new Error("the run keeps no keys");
  const [key, known, socket] = ["key", "known", "session"].map((name) => join(bench.folder, name));
  if (!key || !known || !socket) throw new Error("no names");
  await writeFile(key, secrets.runKey.privateKey, { mode: 0o600 });
  await writeFile(known, `device ${secrets.hostKey.publicKey}\n`);
  const options = ["HostKeyAlias=device", `UserKnownHostsFile=${known}`, "BatchMode=yes", "LogLevel=ERROR"];
  const to = ["-p", String(target.sshPort()), "root@127.0.0.1"];
  const args = ["-S", socket, "-i", key, ...options.flatMap((option) => ["-o", option]), ...to];
  await execa("ssh", ["-f", "-M", "-N", ...args], { stdio: "ignore" });
  return {
    run: ({ line, input }: Recorded) =>
      execa("ssh", [...args, line], input ? { inputFile: input } : { stdin: "ignore" }),
    close: () => execa("ssh", ["-O", "exit", ...args], { reject: false }),
  };
}

async function byHand(bench: Bench, booted: Snapshot, commands: Recorded[]): Promise<number> {
  const target = await restoreTarget(booted);
  const session = await openSession(bench, target);
  try {
    const started = performance.now();
    for (const command of commands) await session.run(command);
    return (performance.now() - started) / 1000;
  } finally {
    await session.close();
    await target.stop();
  }
}

const median = (values: number[]) =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

async function overhead(): Promise<Measured> {
  const bench = await createFloppyBench();
  const fresh = await startTarget(await laptopHardware(bench));
  await fresh.greets();
  const booted = await fresh.save();
  try {
    const commands: Recorded[] = [];
    await byFloppy(bench, booted, commands);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      ours.push(await byFloppy(bench, booted));
      theirs.push(await byHand(bench, booted, commands));
    }
    const hand = median(theirs);
    return { value: median(ours), unit: "s", target: 1.1 * hand, peers: { "one ssh session": hand } };
  } finally {
    await booted.remove();
    await bench.remove();
  }
}

export const overheadBenchmarks: Benchmark[] = [
  {
    name: "overhead",
    title: "an installation led by Floppy, against its commands typed into one ssh session",
    measure: overhead,
  },
];
