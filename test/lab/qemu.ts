/** A QEMU that runs: its monitor, its console, and the SSH server of the machine in it. */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { type Monitor, openMonitor } from "./qmp.ts";

export type Running = { monitor: Monitor; pid: number; ended: Promise<unknown> };

export const START_LIMIT_MS = 20_000;
/** Half a minute on a quiet bench. */
const BOOT_LIMIT_MS = 300_000;
const GREETING_LIMIT_MS = 5_000;
const POLL_MS = 50;

export async function poll<T>(
  what: string,
  look: () => Promise<T | null>,
  signal: AbortSignal,
  everyMs = POLL_MS,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (signal.aborted) throw new Error(`Waited in vain: ${what}`, { cause: signal.reason });
    await delay(everyMs);
  }
}

/** One wire, over which nothing gets out; the machine's SSH is at that port of 127.0.0.1. */
export function networkArguments(sshPort: number): string[] {
  return [
    ...["-netdev", `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...["-device", "virtio-net-pci,id=nic,netdev=net,romfile="],
  ];
}

/** Its monitor and its console lie in that folder. */
export async function startQemu(folder: string, machine: string[]): Promise<Running> {
  const socket = join(folder, "monitor");
  await rm(socket, { force: true });
  const args = [
    ...machine,
    ...[
      "-chardev",
      `file,id=console,append=on,path=${join(folder, "console")}`,
      "-serial",
      "chardev:console",
    ],
    ...["-qmp", `unix:${socket},server=on,wait=off`],
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

/** What the machine has printed so far. */
export function readConsole(folder: string): Promise<string> {
  return readFile(join(folder, "console"), "utf8").catch(() => "");
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

/** Resolves once the machine's SSH server greets. */
export async function greets(port: number, signal = AbortSignal.timeout(BOOT_LIMIT_MS)): Promise<void> {
  await poll("the machine’s SSH server", () => readGreeting(port), signal);
}

async function statusOf(monitor: Monitor): Promise<string> {
  return ((await monitor.run("query-status")) as { status: string }).status;
}

/** Stops the machine and keeps its memory; its disks keep what they have. */
export async function saveMemory(monitor: Monitor, file: string): Promise<void> {
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

export const fromMemory = (file: string) => ["-incoming", `exec:cat '${file}'`];

/** A machine that was begun from its memory goes on. */
export async function resume(monitor: Monitor): Promise<void> {
  const loaded = async () => ((await statusOf(monitor)) === "inmigrate" ? null : true);
  await poll("the machine’s memory to be loaded", loaded, AbortSignal.timeout(120_000));
  await monitor.run("cont");
}
