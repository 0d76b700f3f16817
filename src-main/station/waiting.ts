import type { Notification } from "#contract/api.ts";
import type { LogLine } from "#contract/runs.ts";
import type { Answer } from "./messages.ts";

/** Of the log lines that wait for one browser, the newest are kept; the journal has all of them. */
const MOST_LOG_CHARACTERS = 4 * 1024 ** 2;

type Reply = Extract<Answer, { reply: unknown }>;
type WaitingLog = { lines: LogLine[]; characters: number; leftOut: number };
type Waiting =
  | { kind: "reply"; reply: Reply; sent: () => void }
  | { kind: "notification"; notification: Notification }
  | { kind: "log"; runId: string; log: WaitingLog };

/** What one browser is yet to be told, in order. */
export type WaitingList = {
  addReply(reply: Reply, sent: () => void): void;
  addNotification(notification: Notification): void;
  /** Takes out the first. */
  next(): { answer: Answer; sent: () => void } | null;
  isEmpty(): boolean;
};

type StateNotification = Exclude<Notification, { event: "log" }>;

/** Notifications of one name tell of one thing, wholly: a later one makes those before it needless. */
function nameOf({ event, payload }: StateNotification): string {
  switch (event) {
    case "device":
    case "deviceRemoved":
      return `${event} ${payload.serial}`;
    case "run":
      return `${event} ${payload.id}`;
    default:
      return event;
  }
}

function addLines(log: WaitingLog, lines: LogLine[]) {
  for (const line of lines) {
    log.lines.push(line);
    log.characters += line.text.length;
  }
  let kept = 0;
  while (log.characters > MOST_LOG_CHARACTERS && kept < log.lines.length) {
    log.characters -= log.lines[kept]?.text.length ?? 0;
    kept += 1;
  }
  log.lines.splice(0, kept);
  log.leftOut += kept;
}

/** A log with a hole says so. */
function linesOf({ lines, leftOut }: WaitingLog): LogLine[] {
  if (leftOut === 0) return lines;
  const at = lines[0]?.at ?? new Date().toISOString();
  const text = `${leftOut} lines came quicker than this browser reads; they are in the run’s journal.`;
  return [{ at, phase: lines[0]?.phase ?? null, level: "warning", text }, ...lines];
}

const noted = () => undefined;

function deliver(waiting: Waiting): { answer: Answer; sent: () => void } {
  if (waiting.kind === "reply") return { answer: waiting.reply, sent: waiting.sent };
  if (waiting.kind === "notification") {
    return { answer: { notification: waiting.notification }, sent: noted };
  }
  const payload = { runId: waiting.runId, lines: linesOf(waiting.log) };
  return { answer: { notification: { event: "log", payload } }, sent: noted };
}

/** What waits is bounded by what there is, not by how long it waits: of each thing, the last word only. */
export function createWaitingList(): WaitingList {
  const waiting = new Map<string, Waiting>();
  let replies = 0;

  function addLog(runId: string, lines: LogLine[]) {
    const name = `log ${runId}`;
    const before = waiting.get(name);
    const log = before?.kind === "log" ? before.log : { lines: [], characters: 0, leftOut: 0 };
    addLines(log, lines);
    waiting.set(name, { kind: "log", runId, log });
  }

  return {
    addReply(reply, sent) {
      replies += 1;
      waiting.set(`reply ${replies}`, { kind: "reply", reply, sent });
    },
    addNotification(notification) {
      if (notification.event === "log") return addLog(notification.payload.runId, notification.payload.lines);
      const name = nameOf(notification);
      // At the end again: what was said of other things meanwhile comes before it.
      waiting.delete(name);
      waiting.set(name, { kind: "notification", notification });
    },
    next() {
      const [first] = waiting;
      if (!first) return null;
      waiting.delete(first[0]);
      return deliver(first[1]);
    },
    isEmpty: () => waiting.size === 0,
  };
}
