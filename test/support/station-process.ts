/** The built station as a user starts it: a process of its own, with a data folder and a nix of its own. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import { detachLoopsBelow, loopsBelow } from "./loops.ts";
import { fixtureFlake, type NixEnvironment, nixEnvironment } from "./nix.ts";

const project = resolve(import.meta.dirname, "../..");

export type StationProcess = {
  url: string;
  pid: number;
  /** Ends it as a crash would, and resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

export type Bench = {
  folder: string;
  nix: NixEnvironment;
  start(): Promise<StationProcess>;
  /** Takes a practice drive away as if it was pulled out. */
  pull(drive: string): Promise<void>;
  /** Detaches the practice drives and removes everything. */
  remove(): Promise<void>;
};

/** The station alone, with that data folder. */
export async function startStation(folder: string, env: NodeJS.ProcessEnv): Promise<StationProcess> {
  const script = join(project, "out/main/station.js");
  const station = execa(process.execPath, [script, "--data", folder], {
    env,
    extendEnv: false,
    reject: false,
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: station.stdout }).on("line", (line) => {
      const printed = /^Floppy station: (\S+)$/.exec(line)?.[1];
      if (printed) resolve(printed);
    });
    station.then(({ stderr }) => reject(new Error(`The station ended at once: ${stderr}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    station.kill(signal);
    await station;
  };
  return { url, pid: station.pid ?? 0, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

/** A bench with the stand-in flake in its settings; `settings` adds to them. */
export async function createBench(settings: Partial<Settings> = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-bench-"));
  const nix = await nixEnvironment();
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  await writeFile(
    join(data, "settings.json"),
    JSON.stringify({ ...defaultSettings, flake: fixtureFlake, ...settings }),
  );
  return {
    folder: data,
    nix,
    start: () => startStation(data, nix.env),
    async pull(drive) {
      const pulled = (await loopsBelow(data)).find(({ device }) => device === drive);
      if (!pulled) throw new Error(`${drive} is no practice drive of this bench.`);
      await rm(pulled.file);
      await execa("losetup", ["--detach", drive]);
    },
    async remove() {
      await detachLoopsBelow(data);
      await nix.remove();
      await rm(folder, { recursive: true });
    },
  };
}
