import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Program = {
  /** Resolves when the program printed `line`; rejects when it ended before. */
  printed(line: string): Promise<void>;
  /** Ends its stdin and resolves with its exit code. */
  finish(): Promise<number | null>;
  kill(): Promise<void>;
};

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null ? once(child, "exit") : Promise.resolve();
}

/** Runs a program of this folder as a process of its own. */
export function startProgram(name: string, args: string[]): Program {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = new Set<string>();
  const output = createInterface({ input: child.stdout });
  output.on("line", (line) => lines.add(line));
  return {
    async printed(line) {
      while (!lines.has(line)) {
        const more = await Promise.race([once(output, "line"), once(output, "close").then(() => null)]);
        if (!more && !lines.has(line)) throw new Error(`${name} ended before it printed “${line}”.`);
      }
    },
    async finish() {
      child.stdin.end();
      await ended(child);
      return child.exitCode;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended(child);
    },
  };
}
