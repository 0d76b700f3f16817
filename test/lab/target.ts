/** A machine to install: QEMU with a stick, disks and a network that tests can cut. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
import {
  fromMemory,
  greets,
  networkArguments,
  poll,
  type Running,
  readConsole,
  resume,
  START_LIMIT_MS,
  saveMemory,
  startQemu,
} from "./qemu.ts";

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

function launch(
  folder: string,
  hardware: Hardware,
  overlays: Overlays,
  sshPort: number,
  more: string[],
): Promise<Running> {
  return startQemu(folder, [
    ...machineArguments(hardware, overlays),
    ...networkArguments(sshPort),
    // Emulated firmware does not come back from every restart; from being switched on it does.
    ...["-action", "reboot=shutdown", ...more],
  ]);
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

  await on(memory === null ? [] : fromMemory(memory)).catch(async (error) => {
    await off();
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    sshPort: () => sshPort,
    console: () => readConsole(folder),
    greets: (signal) => greets(sshPort, signal),
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
