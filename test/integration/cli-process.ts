/** The command as a process of its own, with a data folder of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtProgram } from "../support/built.ts";

const script = builtProgram("cli");

export type Ended = { code: number | null; stdout: string; stderr: string };

export type Running = {
  child: ChildProcessWithoutNullStreams;
  ended: Promise<Ended>;
  /** Resolves when the output, both channels together, matches. */
  said(pattern: RegExp): Promise<void>;
  type(text: string): void;
};

function follow(child: ChildProcessWithoutNullStreams): Running {
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<Ended>((done) => child.on("close", (code) => done({ code, ...output })));
  const said = (pattern: RegExp) =>
    new Promise<void>((done, fail) => {
      const look = () => {
        if (pattern.test(output.stdout + output.stderr)) done();
      };
      waiting.add(look);
      look();
      ended.then(() => fail(new Error(`ended without ${pattern}:\n${output.stdout}${output.stderr}`)));
    });
  return { child, ended, said, type: (text) => void child.stdin.write(text) };
}

/** A person's terminal, though a build server that has none may run the tests. */
const atDesk: NodeJS.ProcessEnv = { ...process.env, TERM: "xterm", CI: "" };

export function createBench(env: NodeJS.ProcessEnv = atDesk) {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  const dataFolder = join(folder, "data");
  const children: ChildProcessWithoutNullStreams[] = [];
  const spawned = (command: string, args: string[]) => {
    const child = spawn(command, args, { env: { ...env, FLOPPY_DATA: dataFolder }, stdio: "pipe" });
    children.push(child);
    return follow(child);
  };
  return {
    folder,
    dataFolder,
    practiceFolder: join(dataFolder, "practice"),
    /** In a pipe, with nobody at the other end. */
    start(...args: string[]) {
      const running = spawned(process.execPath, [script, ...args]);
      running.child.stdin.end();
      return running;
    },
    run(...args: string[]) {
      return this.start(...args).ended;
    },
    /** On a terminal, where `type` is what a person types. */
    atTerminal(...args: string[]) {
      const command = [process.execPath, script, ...args].map((part) => `'${part}'`).join(" ");
      // A shell that stayed would be ended by Ctrl-C itself, and `script` would tell of that.
      return spawned("script", ["--quiet", "--return", "--command", `exec ${command}`, "/dev/null"]);
    },
    remove() {
      for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the command told a machine. */
export function objects(stdout: string): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
