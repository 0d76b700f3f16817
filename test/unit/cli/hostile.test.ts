import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AppState, type CallName, type CallOutput, calls, type Notification } from "#contract/api.ts";
import type { Host, Role } from "#contract/catalog.ts";
import { type DriveResult, type DriveTask, driveResult } from "#contract/drive-tasks.ts";
import { errorData, FloppyError } from "#contract/errors.ts";
import { image, inspection } from "#contract/images.ts";
import { logLine, type PhaseProgress, phaseProgress, type Run, run } from "#contract/runs.ts";
import { writerEvent } from "#contract/writer.ts";
import type { Core } from "#core/floppy.ts";
import type { ImageProgress } from "#core/images/progress.ts";
import { runCli, type World } from "../../../src-main/cli/cli.ts";
import { createFakeFloppy } from "../../support/fake-floppy.ts";
import { hostile } from "../../support/hostile/from-schema.ts";
import { harmfulIn, hostileText } from "../../support/hostile/words.ts";
import { fakeTerminal, type TerminalOptions } from "./fake-world.ts";

const flashed = writerEvent.options.find(({ shape }) => shape.event.value === "flashed") ?? writerEvent;

/** Everything that the contract lets through, as the command's core might say it: answers, and events meanwhile. */
const answers = Object.fromEntries(
  Object.entries(calls).map(([name, { output }]) => [name, hostile(output)]),
) as Record<CallName, fc.Arbitrary<unknown>>;

const said = fc.record({
  answers: fc.record(answers),
  run: hostile(run) as fc.Arbitrary<Run>,
  lines: fc.array(hostile(logLine), { minLength: 1, maxLength: 2 }),
  progress: fc.array(hostile(phaseProgress) as fc.Arbitrary<PhaseProgress>, { minLength: 1, maxLength: 3 }),
  inspection: hostile(inspection),
  image: hostile(image),
  flashed: hostile(flashed),
  results: fc.tuple(...(driveResult.options.map(hostile) as fc.Arbitrary<DriveResult>[])),
  error: hostile(errorData),
  word: hostileText,
});
type Said = typeof said extends fc.Arbitrary<infer Value> ? Value : never;

/** The runs that begin, tell of each phase with each progress, and end well or not. */
function tellsOf({ run: told, lines, progress }: Said, notify: (notification: Notification) => void) {
  const running = (phase: Run["phases"][number]["name"], made: PhaseProgress): Run => ({
    ...told,
    status: { state: "running", phase },
    phases: [{ name: phase, status: { state: "running", startedAt: told.startedAt, progress: made } }],
  });
  notify({ event: "log", payload: { runId: told.id, lines } } as Notification);
  for (const made of progress) notify({ event: "run", payload: running("image", made) });
}

/** The same, but fitting together, so that a command comes to its end: one device, one drive, one run of it. */
function coherent(all: Said): Said["answers"] {
  const state = all.answers["app.state"] as AppState;
  const shown = all.answers["devices.show"] as CallOutput<"devices.show">;
  const paused: Run = {
    ...all.run,
    status: { state: "paused", phase: "boot" },
    phases: [{ name: "boot", status: { state: "waiting" } }],
  };
  const host = { ...(state.catalog.hosts[0] as Host), medium: "card" as const };
  const role = { ...(state.catalog.roles[0] as Role), refuses: {} };
  const drives = state.drives.slice(0, 1).map((drive) => ({ ...drive, key: "one", readOnly: false }));
  const tasks = all.results.map((result) => {
    const [told] = state.driveTasks as [DriveTask];
    return { ...told, id: result.kind, status: { state: "done" as const, endedAt: told.startedAt, result } };
  });
  const taskOf = (kind: string) => tasks.find(({ id }) => id === kind);
  return {
    ...all.answers,
    "drives.test": taskOf("test"),
    "drives.save": taskOf("save"),
    "drives.restore": taskOf("restore"),
    "app.state": {
      ...state,
      driveTasks: tasks,
      problems: [],
      drives,
      runs: [paused],
      catalog: { hosts: [host], roles: [role] },
    },
    "drives.list": { drives, runs: [paused] },
    "settings.show": state.settings,
    "devices.show": { ...shown, runs: [paused] },
    "devices.identify": { serial: "FLOPPY-RPI-00001", host: host.name, hostname: host.label, known: null },
  };
}

const roleOf = ({ answers: given }: Said) => (given["app.state"] as AppState).catalog.roles[0]?.name ?? "";

/** All is done; a run ends as it may; or every call is refused. */
const endings = ["well", "anyhow", "refused"] as const;

function worldThatSays(all: Said, terminal: World["terminal"], end: (typeof endings)[number]): World {
  const { floppy, answer, notify } = createFakeFloppy();
  const failure = () => Promise.reject(FloppyError.from(all.error as ReturnType<typeof errorData.parse>));
  const given = coherent(all);
  for (const name of Object.keys(calls) as CallName[]) {
    answer(name, (end === "refused" ? failure : async () => given[name]) as never);
  }
  const begin = async () => {
    setImmediate(() => {
      tellsOf(all, notify);
      if (end === "anyhow") notify({ event: "run", payload: all.run });
      const over = { state: "done", endedAt: all.run.startedAt } as const;
      notify({ event: "run", payload: { ...all.run, status: over } });
    });
    return end === "anyhow"
      ? all.run
      : { ...all.run, status: { state: "running" as const, phase: "image" as const } };
  };
  if (end !== "refused") {
    answer("runs.start", begin);
    answer("runs.follow", begin);
    answer("runs.startBatch", async () => [await begin()]);
  }
  const core = {
    ...floppy,
    async flashImage(_request: unknown, observe: Parameters<Core["flashImage"]>[1]) {
      for (const { level, text } of all.lines as { level: "info"; text: string }[]) observe.log(level, text);
      return { inspection: all.inspection, result: all.flashed };
    },
    async obtainImage(...[, , observe]: Parameters<Core["obtainImage"]>) {
      for (const { level, text } of all.lines as { level: "info"; text: string }[]) observe.log(level, text);
      for (const made of all.progress) observe.progress(made as ImageProgress);
      return all.image;
    },
    catalogRead: async () => undefined,
    busy: () => false,
    close: async () => undefined,
  } as unknown as Core;
  return {
    version: "1.2.3",
    terminal,
    places: async () => [],
    signal: AbortSignal.timeout(5000),
    open: async () => core,
  };
}

const commands: Record<string, (all: Said) => string[]> = {
  catalog: () => ["catalog"],
  drives: () => ["drives"],
  images: () => ["images"],
  devices: () => ["devices", "list"],
  "devices show": ({ word }) => ["devices", "show", word],
  "devices add": ({ word }) => ["devices", "add", word, "--role", word],
  "devices remove": ({ word }) => ["devices", "remove", word],
  log: ({ word }) => ["log", word],
  provision: (all) => ["provision", "X", "--role", roleOf(all), "--drive", "one", "--yes"],
  "provision build-sd": ({ word }) => ["provision", "build-sd", "--target", word],
  "provision flash": ({ word }) => ["provision", "flash", "--image", word, "--drive", "one", "--yes"],
  "provision --batch": (all) => [
    "provision",
    "X",
    "--batch",
    "--role",
    roleOf(all),
    "--drive",
    "one",
    "--yes",
  ],
  follow: ({ word }) => ["follow", word],
  "a drive that is none": ({ word }) => ["drives", "test", word],
  "drives test": () => ["drives", "test", "one"],
  "drives test --full": () => ["drives", "test", "one", "--full", "--yes"],
  "drives save": () => ["drives", "save", "one", "/tmp/x.img"],
  "drives restore": () => ["drives", "restore", "one", "--yes"],
  "an option that is none": ({ word }) => ["catalog", `--${word}`],
  "a command that is none": ({ word }) => [word],
};

const modes: [string, TerminalOptions, string[]][] = [
  ["into a pipe", {}, ["--verbose"]],
  ["at a terminal", { isTTY: true, answers: ["1", "1", "all"] }, ["--verbose"]],
  ["as JSON", {}, ["--json"]],
];

/** What Floppy does itself, to draw over its own lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is.
const ownMovements = /\r\u001b\[2K|\u001b\[\d+A/g;

/** These go on until there is a result to print, or the test shows little. */
const complete = [
  "catalog",
  "drives",
  "images",
  "devices",
  "log",
  "provision",
  "provision --batch",
  "follow",
  "drives test",
  "drives test --full",
  "drives save",
  "drives restore",
];

describe.each(Object.entries(commands))("floppy %s", (name, argumentsOf) => {
  it.each(modes)("prints nothing of a stranger's but words, %s", async (_mode, options, more) => {
    const ends = new Set<number>();
    await fc.assert(
      fc.asyncProperty(said, async (all) => {
        for (const end of endings) {
          const { terminal, written, questions } = fakeTerminal(options);
          ends.add(await runCli(worldThatSays(all, terminal, end), [...argumentsOf(all), ...more]));
          const printed = [written.stdout, written.stderr, ...questions].join("\n");
          expect(harmfulIn(printed.replace(ownMovements, ""))).toEqual([]);
          expect(printed).not.toBe("\n");
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
    if (complete.includes(name)) expect(ends, name).toContain(0);
  });
});
