/** Floppy itself, at work on the lab's machines: its own data folder, its own flake, real nix. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { connectPorts, type OpenFloppy } from "#adapters/open-floppy.ts";
import { installationOf, type PhaseName, type Run } from "#contract/runs.ts";
import { createFloppy } from "#core/floppy.ts";
import type { Patience, Remote } from "#core/ports/targets.ts";
import { type LabNix, labNix } from "./nix.ts";
import { installerIso } from "./stick.ts";
import type { Target } from "./target.ts";

export const serial = "FLOPPY-DEL-00001";
const MEBIBYTE = 1024 ** 2;
const STICK_BYTES = 1024 * MEBIBYTE;

/** Machines of the lab boot in half a minute, and in several where the bench is busy. */
const patience: Partial<Patience> = { reachMs: 300_000, reconnectMs: 300_000, restartMs: 400_000 };

/** What Floppy wrote for one laptop, as a raw image. */
export type Medium = { serial: string; runId: string; stick: string };

export type Bench = {
  folder: string;
  media: Medium[];
  /** Of the first laptop. */
  runId: string;
  stick: string;
  /** What a process of Floppy's runs with, to have the lab's nix. */
  env: NodeJS.ProcessEnv;
  /** The private key that the settings let into every device. */
  ownerKey: string;
  /** A copy of the data folder, where the stick is written and nothing else done yet. */
  copyData(): Promise<string>;
  /** A Floppy of its own that begins where the stick is written. */
  open(change?: Partial<Patience>): Promise<Opened>;
  remove(): Promise<void>;
};

/** One run, as it is told of. */
export type Watched = {
  /** Resolves when the run is as wanted; fails when it ended another way. */
  until(what: string, ready: (run: Run) => boolean): Promise<Run>;
  ended(): Promise<Run>;
  /** Calls back as each phase begins, once a phase; the first one that fails fails `settled`. */
  onPhase(act: (phase: PhaseName) => Promise<void>): { settled(): Promise<void> };
  /** Resolves at the run's next warning, with its text. */
  warned(): Promise<string>;
};

/** Floppy, and the run of the first laptop. */
export type Opened = Watched & { floppy: OpenFloppy; dataFolder: string; close(): Promise<void> };

/** `through` may put something between Floppy and its machines. */
async function openCore(
  dataFolder: string,
  change: Partial<Patience> = {},
  through: (remote: Remote) => Remote = (remote) => remote,
): Promise<OpenFloppy> {
  const ports = await connectPorts({
    dataFolder,
    elevation: "sudo",
    patience: { ...patience, ...change },
  });
  return createFloppy({ ...ports, remote: through(ports.remote) });
}

/** Floppy in this process, with that data folder. */
export async function openAt(
  dataFolder: string,
  runId: string,
  change?: Partial<Patience>,
  through?: (remote: Remote) => Remote,
): Promise<Opened> {
  const floppy = await openCore(dataFolder, change, through);
  return { floppy, dataFolder, ...watch(floppy, runId), close: () => floppy.close() };
}

/** What is told of one run. */
export function watch(floppy: OpenFloppy, runId: string) {
  const latest: { run: Run | null } = { run: null };
  const looks = new Set<(run: Run) => void>();
  floppy.subscribe((one) => {
    if (one.event !== "run" || one.payload.id !== runId) return;
    latest.run = one.payload;
    for (const look of looks) look(one.payload);
  });
  const until = (what: string, ready: (run: Run) => boolean) =>
    new Promise<Run>((resolve, reject) => {
      const look = (run: Run) => {
        const isOver = run.status.state !== "running";
        if (ready(run)) resolve(run);
        else if (isOver) reject(new Error(`Waited for ${what}: ${JSON.stringify(run.status)}`));
        else return;
        looks.delete(look);
      };
      looks.add(look);
      if (latest.run) look(latest.run);
    });
  const onPhase: Watched["onPhase"] = (act) => {
    const begun = new Set<PhaseName>();
    const acts: Promise<void>[] = [];
    looks.add((run) => {
      if (run.status.state !== "running") return;
      const phase = run.phases.find(({ status }) => status.state === "running")?.name;
      if (phase === undefined || begun.has(phase)) return;
      begun.add(phase);
      const acted = act(phase);
      acted.catch(() => undefined);
      acts.push(acted);
    });
    return { settled: async () => void (await Promise.all(acts)) };
  };
  const warned = () =>
    new Promise<string>((resolve) => {
      const stop = floppy.subscribe((one) => {
        if (one.event !== "log" || one.payload.runId !== runId) return;
        const warning = one.payload.lines.find(({ level }) => level === "warning");
        if (!warning) return;
        stop();
        resolve(warning.text);
      });
    });
  const ended = () => until("the end", ({ status }) => status.state !== "running");
  return { until, ended, onPhase, warned };
}

/** Writes one laptop's stick, with everything real: image, writer process, identity behind the image. */
async function writeStick(
  floppy: OpenFloppy,
  dataFolder: string,
  folder: string,
  of: string,
): Promise<Medium> {
  const drive = await floppy.handlers["drives.createPractice"]({ sizeBytes: STICK_BYTES });
  const { id } = await floppy.handlers["runs.start"]({
    serial: of,
    role: "dev",
    image: { kind: "file", path: await installerIso() },
    driveKey: drive.key,
    eraseConfirmed: drive.key,
    phases: ["image", "write", "verify"],
  });
  const run = await watch(floppy, id).ended();
  if (run.status.state !== "paused") throw new Error(`No stick: ${JSON.stringify(run.status)}`);
  const practice = join(dataFolder, "practice");
  const [file] = await readdir(practice);
  const stick = join(folder, `${of}.img`);
  await cp(join(practice, file ?? ""), stick);
  await floppy.handlers["drives.removePractice"]({ driveKey: drive.key });
  return { serial: of, runId: id, stick };
}

/** A bench with the sticks of those laptops. */
export async function createFloppyBench(serials: string[] = [serial]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-lab-"));
  const nix = await labNix();
  // Floppy takes its nix from where it runs.
  Object.assign(process.env, nix.env);
  const dataFolder = join(folder, "data");
  await mkdir(dataFolder);
  const owner = join(folder, "owner");
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "owner", "-f", owner]);
  const authorizedKeys = [(await readFile(`${owner}.pub`, "utf8")).trim()];
  const floppy = await openCore(dataFolder);
  await floppy.handlers["settings.update"]({ flake: nix.flake, authorizedKeys });
  const media: Medium[] = [];
  for (const one of serials) media.push(await writeStick(floppy, dataFolder, folder, one));
  await floppy.close();
  return benchAt(folder, media, nix);
}

/** The bench whose sticks are written already. */
function benchAt(folder: string, media: Medium[], nix: LabNix): Bench {
  const [first] = media;
  if (!first) throw new Error("a bench has a stick at least");
  let copies = 0;
  const copyData = async () => {
    copies += 1;
    const own = join(folder, `data-${copies}`);
    await cp(join(folder, "data"), own, { recursive: true });
    return own;
  };
  return {
    folder,
    media,
    runId: first.runId,
    stick: first.stick,
    ownerKey: join(folder, "owner"),
    env: nix.env,
    copyData,
    open: async (change) => openAt(await copyData(), first.runId, change),
    async remove() {
      await nix.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A person at the bench: says where the run's machine is, and agrees to erase the disk with that serial. */
export function attend(floppy: OpenFloppy, runId: string, target: Target, diskSerial: string): void {
  const answered = new Set<string>();
  floppy.subscribe((one) => {
    if (one.event !== "run" || one.payload.id !== runId || one.payload.status.state !== "running") return;
    const run = one.payload;
    const phase = run.phases.find(({ status }) => status.state === "running");
    if (phase?.status.state !== "running" || phase.status.progress?.kind !== "question") return;
    const mark = `${phase.name} ${phase.status.startedAt}`;
    if (answered.has(mark)) return;
    answered.add(mark);
    const answer = phase.name === "boot" ? aim(run) : choose(run);
    answer.catch((error) => console.error(error));
  });
  const aim = (run: Run) =>
    floppy.handlers["runs.aim"]({ runId: run.id, address: `127.0.0.1:${target.sshPort()}` });
  const choose = (run: Run) => {
    const disk = installationOf(run)?.facts?.disks.find(({ identity }) => identity.serial === diskSerial);
    const diskKey = disk?.key ?? "";
    return floppy.handlers["runs.chooseDisk"]({
      runId: run.id,
      diskKey,
      eraseConfirmed: diskKey,
      buildPlace: "here",
    });
  };
}

export const isAt = (name: PhaseName) => (run: Run) =>
  run.phases.some((phase) => phase.name === name && phase.status.state === "running");

export function expectDone(run: Run): void {
  // The whole status is shown where it is another.
  expect(run.status).toEqual({ state: "done", endedAt: expect.any(String) });
}
