/** A machine that runs Floppy, as it is driven from here: started in seconds from a memory that is kept. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../../support/ssh/sshd.ts";
import { cached, digestOf } from "../cache.ts";
import {
  fromMemory,
  greets,
  networkArguments,
  type Running,
  resume,
  saveMemory,
  startQemu,
} from "../qemu.ts";
import type { Monitor } from "../qmp.ts";
import { machineArguments, type RootBus } from "./hardware.ts";
import { project, type System, usbSystem } from "./system.ts";

export type Said = { exitCode?: number | undefined; stdout: string; stderr: string };

export type Guest = {
  monitor: Monitor;
  /** Runs a line of shell there, and resolves however it ends. */
  run(command: string, input?: Buffer | string): Promise<Said>;
  /** The same, at a terminal on which that is typed. */
  atTerminal(command: string, typed: string): Promise<Said>;
  /** From there, that port of 127.0.0.1 leads to the port here. */
  forward(portThere: number, portHere: number): Promise<void>;
  stop(): Promise<void>;
};

type Machine = { folder: string; qemu: Running; sshPort: number };

async function startMachine(
  system: System,
  below: string,
  bus: RootBus,
  memory: string | null,
): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-usb-"));
  const root = join(folder, "root.qcow2");
  const format = below.endsWith(".qcow2") ? "qcow2" : "raw";
  await execa("qemu-img", ["create", "-q", "-f", "qcow2", "-F", format, "-b", below, root]);
  const sshPort = await freePort();
  const qemu = await startQemu(folder, [
    ...machineArguments(system, root, bus),
    ...networkArguments(sshPort),
    ...(memory === null ? [] : fromMemory(memory)),
  ]);
  return { folder, qemu, sshPort };
}

async function endMachine({ folder, qemu }: Machine): Promise<void> {
  qemu.monitor.close();
  process.kill(qemu.pid, "SIGKILL");
  await qemu.ended;
  await rm(folder, { recursive: true, force: true });
}

/** One connection that all commands share. */
function connectShell({ folder, sshPort }: Machine, key: string) {
  const socket = join(folder, "ssh");
  const options = [
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "ControlMaster=auto",
    "ControlPersist=yes",
    `ControlPath=${socket}`,
  ].flatMap((option) => ["-o", option]);
  const ssh = [...options, "-i", key, "-p", String(sshPort), "root@127.0.0.1"];
  return {
    run: (command: string, input: Buffer | string = "") =>
      execa("ssh", [...ssh, command], { reject: false, input }),
    atTerminal: (command: string, typed: string) =>
      execa("ssh", ["-tt", ...ssh, command], { reject: false, input: typed }),
    forward: (portThere: number, portHere: number) =>
      execa("ssh", ["-O", "forward", "-R", `${portThere}:127.0.0.1:${portHere}`, ...ssh]).then(
        () => undefined,
      ),
    close: () => execa("ssh", ["-O", "exit", ...ssh], { reject: false }),
  };
}

type Shell = ReturnType<typeof connectShell>;

/** Floppy as it was built last; its packages are there. */
async function installFloppy({ run }: Shell): Promise<void> {
  const tar = ["--create", "--directory", project, "out", "nixos", "package.json"];
  const { stdout } = await execa("tar", tar, { encoding: "buffer", maxBuffer: 2 ** 28 });
  const { exitCode, stderr } = await run("tar --extract --directory /opt/floppy", Buffer.from(stdout));
  if (exitCode !== 0) throw new Error(`Floppy could not be brought into the machine: ${stderr}`);
}

/**
 * What is done there before its memory is kept: QEMU forgets the SD slot's interrupt, which would never be silent again;
 * and what Floppy compiles is kept, so that no test waits for it.
 */
const prepare = [
  "systemctl is-system-running --wait",
  "for slot in /sys/bus/pci/drivers/sdhci-pci/0*; do echo 1 > $slot/remove; done",
  "floppy drives --json",
  "sync",
].join("; ");

/** The machine as it was once it had booted: a folder with `memory` and `root.qcow2`. */
async function bootedMachine(system: System, bus: RootBus): Promise<string> {
  const { stdout: version } = await execa("qemu-system-x86_64", ["--version"]);
  const digest = await digestOf([], ...machineArguments(system, "root", bus), prepare, version);
  return cached(`usb-machine-${bus}`, digest, async (folder) => {
    const machine = await startMachine(system, system.disk, bus, null);
    try {
      await greets(machine.sshPort);
      const shell = connectShell(machine, system.key);
      await installFloppy(shell);
      await shell.run(prepare);
      await shell.close();
      await saveMemory(machine.qemu.monitor, join(folder, "memory"));
      await execa("cp", ["--sparse=always", join(machine.folder, "root.qcow2"), folder]);
    } finally {
      await endMachine(machine);
    }
  });
}

/** For the warm-up: what all machines are begun from. */
export async function bootMachines(): Promise<void> {
  const system = await usbSystem();
  for (const bus of ["virtio", "usb"] as const) await bootedMachine(system, bus);
}

export async function startGuest(bus: RootBus = "virtio"): Promise<Guest> {
  const system = await usbSystem();
  const booted = await bootedMachine(system, bus);
  const machine = await startMachine(system, join(booted, "root.qcow2"), bus, join(booted, "memory"));
  const shell = connectShell(machine, system.key);
  const stop = async () => {
    await shell.close();
    await endMachine(machine);
  };
  try {
    await resume(machine.qemu.monitor);
    await greets(machine.sshPort);
    await installFloppy(shell);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...shell, monitor: machine.qemu.monitor, stop };
}
