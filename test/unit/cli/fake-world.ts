import { createFloppy } from "#core/floppy.ts";
import type { Ports } from "#core/ports/ports.ts";
import { runCli, type World } from "../../../src-main/cli/cli.ts";
import type { Terminal } from "../../../src-main/cli/terminal.ts";
import { fakePorts } from "../../support/fake-ports.ts";

export type TerminalOptions = {
  /** Whether a person sits there. */
  isTTY?: boolean;
  columns?: number;
  /** What the person types, one for each question; none left is the end of input. */
  answers?: string[];
};

export function fakeTerminal({ isTTY = false, columns = 80, answers = [] }: TerminalOptions = {}) {
  const written = { stdout: "", stderr: "" };
  const questions: string[] = [];
  const left = [...answers];
  const channel = (name: "stdout" | "stderr") => ({
    write(text: string) {
      written[name] += text;
    },
    canDraw: isTTY,
    columns: () => columns,
  });
  const terminal: Terminal = {
    stdout: channel("stdout"),
    stderr: channel("stderr"),
    interactive: isTTY,
    async ask(question) {
      questions.push(question);
      const answer = left.shift();
      if (answer === undefined) throw new Error(`nobody answers: ${question}`);
      return answer;
    },
  };
  return { terminal, written, questions };
}

/** The command over the real core, whose world does as it is told. */
export function commandLine(
  options: TerminalOptions & { ports?: Partial<Ports>; signal?: AbortSignal } = {},
) {
  const { terminal, written, questions } = fakeTerminal(options);
  const ports = fakePorts(options.ports);
  const opened: (string | undefined)[] = [];
  let closed = 0;
  const world: World = {
    version: "1.2.3",
    terminal,
    places: async () => [],
    signal: options.signal ?? new AbortController().signal,
    async open(dataFolder) {
      opened.push(dataFolder);
      const floppy = await createFloppy(ports);
      return {
        ...floppy,
        async close() {
          closed += 1;
          await floppy.close();
        },
      };
    },
  };
  return {
    ports,
    written,
    questions,
    opened,
    closed: () => closed,
    run: (...args: string[]) => runCli(world, args),
    /** What stdout holds, a JSON object a line. */
    objects: () =>
      written.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
