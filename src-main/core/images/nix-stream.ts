import type { BuildProgress } from "#contract/images.ts";
import type { LogLine } from "#contract/runs.ts";
import { cut } from "../text/cut.ts";
import { plainText } from "../text/plain-text.ts";
import {
  type Activities,
  activityType,
  announce,
  countOf,
  latestSubject,
  noActivities,
  resultType,
  startActivity,
  stopActivity,
  tellProgress,
} from "./nix-activities.ts";
import { type NixLine, parseNixLine } from "./nix-line.ts";

/** `derivation` is the one whose build wrote the line, null for nix itself. */
export type NixLogEntry = { level: LogLine["level"]; derivation: string | null; text: string };

/** What nix's log stream has told so far. Its size is bounded, however long the stream gets. */
export type NixStream = {
  activities: Activities;
  /** Evaluation is over: nix builds, copies or has nothing left to do. */
  realising: boolean;
  /** Every entry there was, counted, and the last ones of them. */
  log: { total: number; last: NixLogEntry[] };
  /** What nix gave as errors, without colours. */
  errors: string[];
};

export const emptyNixStream: NixStream = {
  activities: noActivities,
  realising: false,
  log: { total: 0, last: [] },
  errors: [],
};

const LOG_ENTRIES = 400;
const LINE_CHARACTERS = 2000;
/** A failed build is told first, and then each that needed it, up to what was asked for: both ends matter. */
const FIRST_ERRORS = 10;
const LAST_ERRORS = 10;
const ERROR_CHARACTERS = 20_000;

/** Nix's verbosity: 0 error, 1 warning, 2 notice, 3 info; what is chattier stays out of the log. */
const INFO = 3;

type Event<Action extends NixLine["action"]> = Extract<NixLine, { action: Action }>;

function addEntry(stream: NixStream, entry: NixLogEntry): NixStream {
  if (entry.text.trim() === "") return stream;
  const shortened = { ...entry, text: cut(entry.text, LINE_CHARACTERS) };
  const last = [...stream.log.last.slice(1 - LOG_ENTRIES), shortened];
  return { ...stream, log: { total: stream.log.total + 1, last } };
}

function levelOf(verbosity: number): LogLine["level"] {
  if (verbosity === 0) return "error";
  return verbosity === 1 ? "warning" : "info";
}

function addError(errors: string[], error: string): string[] {
  const later = [...errors.slice(FIRST_ERRORS), error].slice(-LAST_ERRORS);
  return errors.length < FIRST_ERRORS ? [...errors, error] : [...errors.slice(0, FIRST_ERRORS), ...later];
}

function onMessage(stream: NixStream, { level, msg }: Event<"msg">): NixStream {
  if (level > INFO) return stream;
  const text = plainText(msg);
  const errors = level === 0 ? addError(stream.errors, cut(text, ERROR_CHARACTERS)) : stream.errors;
  return addEntry({ ...stream, errors }, { level: levelOf(level), derivation: null, text });
}

function onStart(stream: NixStream, { id, type, fields }: Event<"start">): NixStream {
  const realising = stream.realising || type === activityType.realise || type === activityType.builds;
  return { ...stream, realising, activities: startActivity(stream.activities, id, type, fields) };
}

function onResult(stream: NixStream, { id, type, fields }: Event<"result">): NixStream {
  const { activities } = stream;
  if (type === resultType.progress) {
    return { ...stream, activities: tellProgress(activities, id, fields) };
  }
  if (type === resultType.setExpected) {
    return { ...stream, activities: announce(activities, id, fields) };
  }
  if (type !== resultType.buildLogLine && type !== resultType.hookLogLine) return stream;
  const derivation = activities.live.get(id)?.subject ?? null;
  return addEntry(stream, { level: "info", derivation, text: plainText(String(fields[0] ?? "")) });
}

/** The stream after one more line; a line that makes no sense changes nothing. */
export function readNixLine(stream: NixStream, line: string): NixStream {
  const event = parseNixLine(line);
  switch (event.action) {
    case "start":
      return onStart(stream, event);
    case "stop":
      return { ...stream, activities: stopActivity(stream.activities, event.id) };
    case "result":
      return onResult(stream, event);
    case "msg":
      return onMessage(stream, event);
    case "text":
      return addEntry(stream, { level: "info", derivation: null, text: event.text });
    case "unknown":
      return stream;
  }
}

/** The stream after a line that was too long to be read: no word of nix's own is. */
export function skippedLine(stream: NixStream): NixStream {
  return addEntry(stream, { level: "warning", derivation: null, text: "… a line too long to be shown …" });
}

/** A store path's or derivation's own name: `/nix/store/HASH-linux-6.6.drv` is `linux-6.6`. */
export function storeName(path: string): string {
  const base = path.slice(path.lastIndexOf("/") + 1);
  return base.replace(/^[0-9a-z]{32}-/, "").replace(/\.drv$/, "");
}

function currentSubject(activities: Activities): string | null {
  const { build, copyPath, substitute, fileTransfer } = activityType;
  for (const type of [build, copyPath, substitute, fileTransfer]) {
    const subject = latestSubject(activities, type);
    if (subject) return storeName(subject);
  }
  return null;
}

export function buildProgressOf({ activities, realising }: NixStream): BuildProgress {
  const builds = countOf(activities, activityType.builds);
  const paths = countOf(activities, activityType.copyPaths);
  const copied = countOf(activities, activityType.copyPath);
  // What is downloaded is copied too, so transfers count only where nothing is copied: the flake's inputs.
  const bytes = copied.expected > 0 ? copied : countOf(activities, activityType.fileTransfer);
  return {
    stage: realising ? "building" : "evaluating",
    doneItems: builds.done + paths.done,
    expectedItems: builds.expected + paths.expected,
    doneBytes: bytes.done,
    expectedBytes: bytes.expected,
    current: currentSubject(activities),
  };
}
