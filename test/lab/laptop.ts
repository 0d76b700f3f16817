/** A laptop with two disks that was started from the stick which Floppy wrote, before anybody spoke to it. */
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import { createVault } from "#adapters/vault.ts";
import type { PhaseName } from "#contract/runs.ts";
import type { Patience } from "#core/ports/targets.ts";
import { emptyDisk, usedDisk } from "./bench.ts";
import { attend, type Bench, createFloppyBench, type Opened, openAt } from "./floppy.ts";
import type { Hardware } from "./hardware.ts";
import { restoreTarget, type Snapshot, startTarget, type Target } from "./target.ts";

const MEBIBYTE = 1024 ** 2;
const never = new AbortController().signal;

/** Serial numbers of its disks: the first held Windows and secrets, the second is empty. */
export const OWN = "D-0001";
export const OTHER = "D-0002";

export type Laptop = {
  bench(): Bench;
  target(): Target;
  opened(): Opened;
  /** A Floppy of its own, and the laptop as it was when its stick had started. */
  begin(patience?: Partial<Patience>): Promise<void>;
  /** Floppy started again where it was. */
  reopen(patience?: Partial<Patience>): Promise<void>;
  follow(phases?: PhaseName[] | null): Promise<unknown>;
  aim(): Promise<unknown>;
  /** From now on a person says where it is, and agrees to erase its first disk. */
  attend(): void;
  /** Runs a script on the live system, by the run's own key. */
  run(script: string): Promise<string>;
  /** Has the installer fail in that way, or no more. */
  fault(name: "half" | "bootloader" | "memory" | null): Promise<string>;
  /** Whether nothing was written to the beginning of the empty disk. */
  otherIsUntouched(): Promise<boolean>;
};

/** Runs a script on a machine by the run's own key. */
export async function runOn(target: Target, dataFolder: string, runId: string, script: string) {
  const secrets = await createVault({ folder: join(dataFolder, "secrets") }).load(runId);
  if (!secrets) throw new Error("the run keeps no keys");
  const session = await createRemote().connect(
    { host: "127.0.0.1", port: target.sshPort() },
    { hostKey: secrets.hostKey.publicKey, privateKey: secrets.runKey.privateKey, user: "root" },
    never,
  );
  const { stdout } = await session.run({ argv: ["sh", "-c", script], timeoutMs: 60_000 }, never);
  session.close();
  return stdout;
}

/** What it has on a bus that QEMU can save; on USB, disks can be pulled. */
export async function laptopHardware(bench: Bench, bus: "ahci" | "usb" = "ahci"): Promise<Hardware> {
  const own = await usedDisk(join(bench.folder, "own.img"), 8);
  const other = await emptyDisk(join(bench.folder, "other.img"), 6);
  const disks = [
    { path: own, bus, serial: OWN, model: "Lab Disk" },
    { path: other, bus, serial: OTHER, model: "Other Disk" },
  ];
  return { stick: bench.stick, disks };
}

/** The stick is written and started once for all tests of a file; each begins with the laptop as it was then. */
export function setUpLaptop(): Laptop {
  let bench: Bench;
  let booted: Snapshot;
  let target: Target;
  let opened: Opened;

  beforeAll(async () => {
    bench = await createFloppyBench();
    const fresh = await startTarget(await laptopHardware(bench));
    await fresh.greets();
    booted = await fresh.save();
  });
  afterAll(async () => {
    await booted?.remove();
    await bench?.remove();
  });
  afterEach(async () => {
    await opened?.close();
    await target?.stop();
  });

  const run = (script: string) => runOn(target, opened.dataFolder, bench.runId, script);
  return {
    bench: () => bench,
    target: () => target,
    opened: () => opened,
    async begin(patience) {
      target = await restoreTarget(booted);
      opened = await bench.open(patience);
    },
    async reopen(patience) {
      await opened.close();
      opened = await openAt(opened.dataFolder, bench.runId, patience);
    },
    follow: (phases = null) => opened.floppy.handlers["runs.follow"]({ runId: bench.runId, phases }),
    aim: () =>
      opened.floppy.handlers["runs.aim"]({ runId: bench.runId, address: `127.0.0.1:${target.sshPort()}` }),
    attend: () => attend(opened.floppy, bench.runId, target, OWN),
    run,
    fault: (name) => run(`mkdir -p /run/floppy-lab; echo ${name ?? ""} > /run/floppy-lab/fault`),
    otherIsUntouched: () => isBlank(target, 1, join(bench.folder, "copy.img")),
  };
}

/** Whether the first MiB of a machine's disk holds zeros; `file` is where its copy goes meanwhile. */
export async function isBlank(target: Target, disk: number, file: string): Promise<boolean> {
  await target.copyDisk(disk, file);
  const { stdout } = await execa("cmp", ["--bytes", String(MEBIBYTE), file, "/dev/zero"], { reject: false });
  return stdout === "";
}

/** Where the partitions of an image begin, in bytes. */
export async function partitionsOf(image: string): Promise<number[]> {
  const { stdout } = await execa("sfdisk", ["--json", image]);
  const { partitiontable } = JSON.parse(stdout);
  return partitiontable.partitions.map(({ start }: { start: number }) => start * 512);
}
