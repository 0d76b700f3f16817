/** A machine to install: QEMU with a stick, disks and a network that tests can cut. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "../support/ssh/sshd.ts";
import {
  diskDevice,
  diskName,
  factoryVariables,
  type Hardware,
  machineArguments,
  type Overlays,
  STICK,
} from "./hardware.ts";
import { type Monitor, openMonitor } from "./qmp.ts";

/** A machine as it was at one moment, to begin from as often as wanted. */
export type Snapshot = { hardware: Hardware; overlays: Overlays; memory: string; remove(): Promise<void> };

export type Target = {
  /** Port on 127.0.0.1 that leads to the machine's SSH. */
  sshPort(): number;
  /** What the machine has printed on its serial port so far. */
  console(): Promise<string>;
  /** Resolves once its SSH server greets. */
  greets(signal?: AbortSignal): Promise<void>;
  /** Ends the machine in the middle of whatever it does; its disks keep what they have. */
  powerCut(): Promise<void>;
  powerOn(change?: Partial<Hardware>): Promise<void>;
  /** The cable: packets are lost, and nobody is told. */
  network(state: "up" | "down"): Promise<void>;
  /** A disk on USB; plugged in another order, disks exchange their names. */
  pullDisk(index: number): Promise<void>;
  plugDisk(index: number): Promise<void>;
  /** What is on the stick or a disk by now, as a raw image at `file`. */
  copyStick(file: string): Promise<void>;
  copyDisk(index: number, file: string): Promise<void>;
  /** Stops the machine for good and keeps it as it is. Not with NVMe disks: QEMU cannot save them. */
  save(): Promise<Snapshot>;
  stop(): Promise<void>;
};

const START_LIMIT_MS = 20_000;
/** Half a minute on a quiet bench. */
const BOOT_LIMIT_MS = 300_000;
const GREETING_LIMIT_MS = 5_000;
const POLL_MS = 50;

async function poll<T>(what: string, look: () => Promise<T | null>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (signal.aborted) throw new Error(`Waited in vain: ${what}`, { cause: signal.reason });
    await delay(POLL_MS);
  }
}

async function makeOverlay(file: string, below: string, format: "raw" | "qcow2"): Promise<string> {
  await execa("qemu-img", ["create", "-q", "-f", "qcow2", "-F", format, "-b", below, file]);
  return file;
}

async function makeOverlays(folder: string, below: Overlays, format: "raw" | "qcow2"): Promise<Overlays> {
  const over = (name: string, file: string) => makeOverlay(join(folder, `${name}.qcow2`), file, format);
  return {
    stick: below.stick === null ? null : await over(STICK, below.stick),
    disks: await Promise.all(below.disks.map((file, index) => over(diskName(index), file))),
    variables: await over("variables", below.variables),
  };
}

type Running = { monitor: Monitor; pid: number; ended: Promise<unknown> };

async function launch(
  folder: string,
  hardware: Hardware,
  overlays: Overlays,
  sshPort: number,
  more: string[],
): Promise<Running> {
  const socket = join(folder, "monitor");
  await rm(socket, { force: true });
  const args = [
    ...machineArguments(hardware, overlays),
    ...[
      "-chardev",
      `file,id=console,append=on,path=${join(folder, "console")}`,
      "-serial",
      "chardev:console",
    ],
    ...["-netdev", `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...["-device", "virtio-net-pci,id=nic,netdev=net,romfile="],
    // Emulated firmware does not come back from every restart; from being switched on it does.
    ...["-action", "reboot=shutdown"],
    ...["-qmp", `unix:${socket},server=on,wait=off`, ...more],
  ];
  const qemu = execa("qemu-system-x86_64", args, { stdin: "ignore", reject: false });
  const failed = qemu.then(({ stderr }) => {
    throw new Error(`QEMU ended at once: ${stderr}`);
  });
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const listens = () => (existsSync(socket) ? openMonitor(socket).catch(() => null) : null);
  const opened = poll("QEMU's monitor", async () => listens(), limit);
  const monitor = await Promise.race([opened, failed]);
  failed.catch(() => undefined);
  return { monitor, pid: qemu.pid ?? 0, ended: qemu };
}

/** QEMU takes every connection and drops it where nobody listens behind it. */
async function readGreeting(port: number): Promise<string | null> {
  const socket = connect({ host: "127.0.0.1", port, timeout: GREETING_LIMIT_MS });
  socket.on("timeout", () => socket.destroy());
  try {
    for await (const bytes of socket) return String(bytes);
  } catch {
    // Not yet.
  }
  return null;
}

async function statusOf(monitor: Monitor): Promise<string> {
  return ((await monitor.run("query-status")) as { status: string }).status;
}

async function saveMemory(monitor: Monitor, file: string): Promise<void> {
  await monitor.run("stop");
  await monitor.run("migrate-set-parameters", { "max-bandwidth": 2 ** 40 });
  await monitor.run("migrate", { uri: `exec:cat >'${file}'` });
  const ended = async () => {
    const { status, "error-desc": reason } = (await monitor.run("query-migrate")) as Record<string, string>;
    if (status === "failed") throw new Error(`The machine cannot be saved: ${reason}`);
    return status === "completed" ? true : null;
  };
  await poll("the machine’s memory to be saved", ended, AbortSignal.timeout(120_000));
}

async function resume(monitor: Monitor): Promise<void> {
  const loaded = async () => ((await statusOf(monitor)) === "inmigrate" ? null : true);
  await poll("the machine’s memory to be loaded", loaded, AbortSignal.timeout(120_000));
  await monitor.run("cont");
}

/** Without `memory` the machine is switched on; with it, it goes on from there. */
async function startOver(
  start: Hardware,
  below: Overlays,
  format: "raw" | "qcow2",
  memory: string | null,
): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-lab-"));
  const overlays = await makeOverlays(folder, below, format);
  const sshPort = await freePort();
  let hardware = start;
  let cable: "up" | "down" = "up";
  let running: Running | null = null;
  let restarted: Promise<void> = Promise.resolve();

  const monitor = async () => {
    await restarted;
    if (running === null) throw new Error("The machine is switched off.");
    return running.monitor;
  };
  const setCable = () => running?.monitor.run("set_link", { name: "nic", up: cable === "up" });
  const on = async (more: string[] = []) => {
    const started = await launch(folder, hardware, overlays, sshPort, more);
    running = started;
    started.monitor.onRestart(() => {
      restarted = started.ended.then(() => (running === started ? on() : undefined));
    });
    if (more.length > 0) await resume(started.monitor);
    await setCable();
  };
  const off = async () => {
    await restarted;
    const last = running;
    running = null;
    if (last === null) return;
    last.monitor.close();
    process.kill(last.pid, "SIGKILL");
    await last.ended;
  };
  const readConsole = () => readFile(join(folder, "console"), "utf8").catch(() => "");
  const pull = async (name: string) => {
    const { run } = await monitor();
    await run("device_del", { id: `${name}-device` });
    const gone = async () => {
      const devices = await run("qom-list", { path: "/machine/peripheral" });
      return JSON.stringify(devices).includes(`"${name}-device"`) ? null : true;
    };
    await poll(`${name} to be gone`, gone, AbortSignal.timeout(START_LIMIT_MS));
  };
  const copy = (overlay: string, file: string) =>
    execa("qemu-img", ["convert", "-U", "-f", "qcow2", "-O", "raw", overlay, file]).then(() => undefined);

  await on(memory === null ? [] : ["-incoming", `exec:cat '${memory}'`]).catch(async (error) => {
    await off();
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    sshPort: () => sshPort,
    console: readConsole,
    greets: (signal = AbortSignal.timeout(BOOT_LIMIT_MS)) =>
      poll("the machine’s SSH server", () => readGreeting(sshPort), signal).then(() => undefined),
    powerCut: off,
    async powerOn(change = {}) {
      hardware = { ...hardware, ...change };
      await on();
    },
    async network(state) {
      cable = state;
      await monitor();
      await setCable();
    },
    pullDisk: (index) => pull(diskName(index)),
    async plugDisk(index) {
      const { run } = await monitor();
      // QEMU lets go of what was pulled a moment after it is gone.
      const plug = () => run("device_add", diskDevice(hardware, index)).catch(() => null);
      await poll(`${diskName(index)} to be taken`, plug, AbortSignal.timeout(START_LIMIT_MS));
    },
    copyStick: async (file) => copy(overlays.stick ?? "", file),
    copyDisk: async (index, file) => copy(overlays.disks[index] ?? "", file),
    async save() {
      const file = join(folder, "memory");
      await saveMemory(await monitor(), file);
      await off();
      const remove = () => rm(folder, { recursive: true, force: true });
      return { hardware, overlays, memory: file, remove };
    },
    async stop() {
      await off();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function startTarget(hardware: Hardware): Promise<Target> {
  const images = {
    stick: hardware.stick,
    disks: hardware.disks.map(({ path }) => path),
    variables: factoryVariables,
  };
  return startOver(hardware, images, "raw", null);
}

/** The machine of the snapshot, running on from there within seconds; the snapshot stays as it is. */
export function restoreTarget({ hardware, overlays, memory }: Snapshot): Promise<Target> {
  return startOver(hardware, overlays, "qcow2", memory);
}
