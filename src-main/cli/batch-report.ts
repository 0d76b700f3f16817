/** How a batch is told of while it goes: a line a card that is drawn over, lines for a log, or objects for a machine. */
import { harmlessJson } from "#contract/harmless.ts";
import { portNames } from "#contract/ports.ts";
import type { LogLine, Run } from "#contract/runs.ts";
import { drawable, milestone, plainLine, terminalLine } from "./progress-line.ts";
import { type ProgressView, viewPhase } from "./progress-view.ts";
import { type Terminal, wordsOnly } from "./terminal.ts";

export type BatchReport = {
  /** All of them, whenever one changed. */
  show(runs: Run[]): void;
  log(run: Run, line: LogLine): void;
};

/** More lines than this may not fit a terminal, and what has scrolled off cannot be drawn over. */
const MOST_LINES = 20;

const stateWords: Record<Run["status"]["state"], string> = {
  running: "Starting",
  done: "Verified",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Interrupted",
  paused: "Paused",
  dismissed: "Put aside",
};

export function stateWord({ status }: Run): string {
  return stateWords[status.state];
}

function viewRun(run: Run): ProgressView {
  const { status } = run;
  const running = run.phases.find((phase) => phase.status.state === "running");
  if (status.state === "running" && running?.status.state === "running" && running.status.progress)
    return viewPhase(running.name, running.status.progress);
  return { label: stateWord(run), fraction: null, details: "error" in status ? [status.error.message] : [] };
}

function jsonReport({ stdout }: Terminal): BatchReport {
  const seen = new WeakSet<Run>();
  const told = new Set<string>();
  const say = (event: string, { serial, id }: Run, data: object) =>
    stdout.write(`${harmlessJson({ event, serial, runId: id, ...data })}\n`);
  const tell = (run: Run) => {
    for (const { name: stage, status } of run.phases) {
      const done = `${run.id} ${stage}`;
      if (status.state === "running" && status.progress) say("progress", run, { stage, ...status.progress });
      if (status.state !== "done" || told.has(done)) continue;
      told.add(done);
      say("done", run, { stage, summary: status.summary });
    }
  };
  return {
    show(runs) {
      for (const run of runs.filter((one) => !seen.has(one))) {
        seen.add(run);
        tell(run);
      }
    },
    log: (run, { level, text }) => say("log", run, { level, text }),
  };
}

/** The image is one for all, and so are the lines that tell of it. */
function subject({ serial, status }: Run): string {
  return status.state === "running" && status.phase === "image" ? "All" : serial;
}

function plainReport(terminal: Terminal): BatchReport {
  const { stderr } = wordsOnly(terminal);
  const told = new Set<string>();
  return {
    show(runs) {
      for (const run of runs) {
        const view = viewRun(run);
        const what = `${subject(run)} ${milestone(view)}`;
        if (told.has(what) || view.label === stateWords.running) continue;
        told.add(what);
        stderr.write(`${subject(run)}: ${plainLine(view)}\n`);
      }
    },
    log(run, { level, text }) {
      if (level !== "info") stderr.write(`${run.serial}: ${text}\n`);
    },
  };
}

const ERASE_LINE = "\r\x1b[2K";

function terminalReport({ stderr }: Terminal): BatchReport {
  let drawn = 0;
  return {
    show(runs) {
      const ports = portNames(runs.map(({ drive }) => drive));
      const places = runs.map(({ drive }) => ports.get(drive.key) ?? drive.identity.path);
      const width = Math.max(...places.map(({ length }) => length));
      const lines = runs.map((run, index) => {
        const head = `${run.serial}  ${places[index]?.padEnd(width)}  `;
        // A line as wide as the terminal would wrap on some.
        const columns = stderr.columns() - 1;
        return (head + terminalLine(viewRun(run), Math.max(0, columns - head.length))).slice(0, columns);
      });
      const up = drawn > 0 ? `\x1b[${drawn}A` : "";
      stderr.write(up + lines.map((line) => `${ERASE_LINE}${drawable(line)}\n`).join(""));
      drawn = lines.length;
    },
    // What went wrong stands in the card's own line, and in the table at the end.
    log: () => undefined,
  };
}

export function createBatchReport(terminal: Terminal, json: boolean, size: number): BatchReport {
  if (json) return jsonReport(terminal);
  return terminal.stderr.canDraw && size <= MOST_LINES ? terminalReport(terminal) : plainReport(terminal);
}
