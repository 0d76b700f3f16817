import { detailLines } from "#contract/details.ts";
import type { ErrorData } from "#contract/errors.ts";
import { harmlessJson } from "#contract/harmless.ts";
import { QUIET_MS } from "#contract/quiet.ts";
import type { PhaseName, PhaseProgress } from "#contract/runs.ts";
import type { Log } from "#core/ports/clock.ts";
import { type BuildWatch, createBuildWatch } from "./build-watch.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { drawable, milestone, plainLine, terminalLine } from "./progress-line.ts";
import { type ProgressView, viewPhase } from "./progress-view.ts";
import { type Terminal, wordsOnly } from "./terminal.ts";

export type Stage = PhaseName | "inspect" | "save";

/** How a command tells what happens: to a person at a terminal, to a log, or to a machine. */
export type Report = {
  progress(stage: Stage, progress: PhaseProgress): void;
  done(stage: Stage, summary: string): void;
  log: Log;
  /** A word to the person that is no result. */
  note(text: string): void;
  /** The last word: data for a machine, text for a person. */
  result(data: Record<string, unknown>, text: string): void;
  error(error: ErrorData): void;
};

const stageNames: Record<Stage, string> = {
  image: "Image",
  inspect: "Image",
  write: "Write",
  verify: "Verify",
  save: "Save",
  boot: "Boot",
  reach: "Reach",
  plan: "Disk",
  partition: "Partition",
  mount: "Mount",
  configure: "Configure",
  install: "Install",
  check: "Check",
  reboot: "Restart",
  confirm: "Confirm",
};

/** One object a line on stdout; the last one is the result or the error. */
export function jsonReport(terminal: Terminal): Report {
  const say = (event: string, data: Record<string, unknown>) =>
    terminal.stdout.write(`${harmlessJson({ event, ...data })}\n`);
  return {
    progress: (stage, progress) => say("progress", { stage, ...progress }),
    done: (stage, summary) => say("done", { stage, summary }),
    log: (level, text) => say("log", { level, text }),
    note: () => undefined,
    result: (data) => say("result", data),
    error: (error) => say("error", { ...error, exitCode: exitCodeOf(error.code) }),
  };
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function withTime(view: ProgressView, watch: BuildWatch): ProgressView {
  return { ...view, details: [...watch.words(), ...view.details] };
}

function follow(watch: BuildWatch, { kind }: PhaseProgress): void {
  if (kind === "build") watch.heard();
  else watch.stop();
}

type Drawing = { progress: Report["progress"]; watch: BuildWatch; clearLine: () => void };

/** As much of a program's words as can be looked over; the log has the rest. */
const DETAIL_LINES = 40;

function detailText(error: ErrorData, verbose: boolean): string {
  const lines = detailLines(error, { stack: verbose });
  const shown = verbose ? lines : lines.slice(-DETAIL_LINES);
  return indent(indent(shown.join("\n")));
}

function humanReport(
  { stdout, stderr }: Terminal,
  verbose: boolean,
  { progress, watch, clearLine }: Drawing,
): Report {
  let lastSaid = "";
  const speak = (text: string) => {
    clearLine();
    stderr.write(`${text}\n`);
    lastSaid = text;
  };
  return {
    progress,
    done(stage, summary) {
      watch.stop();
      speak(`${stageNames[stage]}: ${summary}`);
    },
    log(level, text) {
      if (level !== "info") speak(text);
    },
    note: speak,
    result(_data, text) {
      watch.stop();
      clearLine();
      stdout.write(`${text}\n`);
    },
    error(error) {
      watch.stop();
      const { message, hint } = error;
      // The log of a run may have told it already.
      if (lastSaid !== message) speak(message);
      speak(indent(hint));
      const details = detailText(error, verbose);
      if (details.trim() !== "") speak(details);
    },
  };
}

/**
 * Lines for a log: one when the stage changes and one for each tenth of the way. A build that says nothing is
 * told of after 30 seconds, and then whenever its silence has doubled.
 */
export function plainReport(given: Terminal, verbose = false): Report {
  const terminal = wordsOnly(given);
  let last = "";
  let view: ProgressView | null = null;
  let nextMs = QUIET_MS;
  const write = (told: ProgressView) => terminal.stderr.write(`${plainLine(told)}\n`);
  const watch = createBuildWatch(() => {
    if (!view || watch.quietMs() < nextMs) return;
    nextMs *= 2;
    write(withTime(view, watch));
  });
  const progress: Report["progress"] = (stage, current) => {
    follow(watch, current);
    nextMs = QUIET_MS;
    view = viewPhase(stage, current);
    if (milestone(view) === last) return;
    last = milestone(view);
    write(view);
  };
  return humanReport(terminal, verbose, { progress, watch, clearLine: () => undefined });
}

const ERASE_LINE = "\r\x1b[2K";

/** One line that is drawn over while something is under way. */
export function terminalReport(terminal: Terminal, verbose = false): Report {
  let drawn = false;
  const clearLine = () => {
    if (drawn) terminal.stderr.write(ERASE_LINE);
    drawn = false;
  };
  let view: ProgressView | null = null;
  const draw = () => {
    if (!view) return;
    // A line as wide as the terminal would wrap on some.
    const line = terminalLine(withTime(view, watch), terminal.stderr.columns() - 1);
    terminal.stderr.write(`${ERASE_LINE}${drawable(line)}`);
    drawn = true;
  };
  const watch = createBuildWatch(draw);
  const progress: Report["progress"] = (stage, current) => {
    follow(watch, current);
    view = viewPhase(stage, current);
    draw();
  };
  return humanReport(wordsOnly(terminal), verbose, { progress, watch, clearLine });
}

export function createReport(terminal: Terminal, json: boolean, verbose = false): Report {
  if (json) return jsonReport(terminal);
  return terminal.stderr.canDraw ? terminalReport(terminal, verbose) : plainReport(terminal, verbose);
}
