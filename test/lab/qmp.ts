/** QEMU's monitor: commands as JSON lines over a socket, and their answers. */
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";

type Answer = { return?: unknown; error?: { desc: string } };
type Message = Answer & { event?: string; data?: { reason?: string } };

export type Monitor = {
  /** Runs a command; rejects when QEMU refuses it, or is gone. */
  run(command: string, options?: Record<string, unknown>): Promise<unknown>;
  /** Calls back when the machine restarts by itself, which here ends QEMU. */
  onRestart(act: () => void): void;
  close(): void;
};

export async function openMonitor(path: string): Promise<Monitor> {
  const socket = connect(path);
  await once(socket, "connect");
  const acts: (() => void)[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: socket }).on("line", (line) => {
    const message: Message = JSON.parse(line);
    if (message.event === "SHUTDOWN" && message.data?.reason === "guest-reset") for (const act of acts) act();
    // Greeting and events have neither.
    if ("return" in message || "error" in message) waiting.shift()?.(message);
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    for (const tell of waiting.splice(0)) tell({ error: { desc: "QEMU is gone" } });
  });
  const run: Monitor["run"] = (command, options = {}) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) {
        reject(new Error(`${command}: QEMU is gone`));
        return;
      }
      waiting.push((answer) => {
        if (answer.error) reject(new Error(`${command}: ${answer.error.desc}`));
        else resolve(answer.return);
      });
      socket.write(`${JSON.stringify({ execute: command, arguments: options })}\n`);
    });
  await run("qmp_capabilities");
  return { run, onRestart: (act) => void acts.push(act), close: () => socket.destroy() };
}
