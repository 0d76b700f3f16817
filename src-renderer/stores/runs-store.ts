import { createStore } from "zustand/vanilla";
import type { Notification } from "#contract/api.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import type { CarriedIdentity } from "#contract/identity.ts";
import type { LogLine, Run } from "#contract/runs.ts";
import type { AppBridge } from "./app-store.ts";
import { createLoader, type Loadable } from "./loadable.ts";
import { addSample, noSamples, type SpeedSamples } from "./speed-samples.ts";

/** A run's journal as far as it was asked for; lines that arrive before the answer are kept after it. */
export type RunLog =
  | { state: "loading"; arrived: LogLine[] }
  | { state: "ready"; run: Run; lines: LogLine[] }
  | { state: "failed"; error: ErrorData };

export type RunsView = {
  logs: Record<string, RunLog>;
  samples: Record<string, SpeedSamples>;
  /** What the drives of runs were read back to carry; null where that is nothing. */
  carried: Record<string, Loadable<CarriedIdentity | null>>;
  /** When each run was last heard of; before that, since when this window listens. */
  heardMs: Record<string, number>;
  listeningMs: number;
};

export type RunsStore = ReturnType<typeof createRunsStore>;

/** Appends where the lines lie: a build writes tens of thousands, and a copy for each of them would never end. */
function append(lines: LogLine[], more: LogLine[]): LogLine[] {
  for (const line of more) lines.push(line);
  return lines;
}

/** The log with lines added; another object, so that whoever shows it hears of them. */
function takeLines(log: RunLog | undefined, lines: LogLine[]): RunLog | undefined {
  if (log?.state === "ready") return { ...log, lines: append(log.lines, lines) };
  if (log?.state === "loading") return { ...log, arrived: append(log.arrived, lines) };
  return log;
}

/** Lines that reached us twice, in the answer and as a notification, are shown once. */
function withoutRepeats(lines: LogLine[], arrived: LogLine[]): LogLine[] {
  const seen = new Set(lines.slice(-arrived.length).map((line) => line.at + line.text));
  return [...lines, ...arrived.filter((line) => !seen.has(line.at + line.text))];
}

/** What the runs' screens show beside the run itself: its log, and how fast it went. */
export function createRunsStore(bridge: AppBridge) {
  const store = createStore<RunsView>(() => ({
    logs: {},
    samples: {},
    carried: {},
    heardMs: {},
    listeningMs: Date.now(),
  }));

  const setLog = (runId: string, log: RunLog) =>
    store.setState((view) => ({ logs: { ...view.logs, [runId]: log } }));

  const heard = (runId: string) =>
    store.setState(({ heardMs }) => ({ heardMs: { ...heardMs, [runId]: Date.now() } }));

  function take(notification: Notification) {
    const view = store.getState();
    if (notification.event === "log") heard(notification.payload.runId);
    if (notification.event === "run") heard(notification.payload.id);
    if (notification.event === "log") {
      const log = takeLines(view.logs[notification.payload.runId], notification.payload.lines);
      if (log) setLog(notification.payload.runId, log);
    }
    if (notification.event === "run") {
      const { id } = notification.payload;
      const samples = view.samples[id] ?? noSamples;
      const more = addSample(samples, notification.payload);
      if (more !== samples) store.setState({ samples: { ...view.samples, [id]: more } });
    }
  }

  async function read(runId: string) {
    setLog(runId, { state: "loading", arrived: [] });
    try {
      const { run, log } = await bridge.call("runs.show", { runId });
      const now = store.getState().logs[runId];
      const arrived = now?.state === "loading" ? now.arrived : [];
      setLog(runId, { state: "ready", run, lines: withoutRepeats(log, arrived) });
    } catch (thrown) {
      setLog(runId, { state: "failed", error: toErrorData(thrown) });
    }
  }

  bridge.subscribe(take);
  // Lines written while nobody listened are only in the journal.
  bridge.watchConnection((connection) => {
    if (connection === "open") for (const runId of Object.keys(store.getState().logs)) void read(runId);
  });

  return {
    ...store,
    /** Reads from a run's drive what it carries. */
    async readCarried({ id, drive }: Run) {
      const show = (loadable: Loadable<CarriedIdentity | null>) =>
        store.setState(({ carried }) => ({ carried: { ...carried, [id]: loadable } }));
      await createLoader(show).load(() => bridge.call("drives.identity", { driveKey: drive.key }));
    },
    /** Reads a run's log; from then on it is kept current. */
    async openLog(runId: string) {
      if (store.getState().logs[runId]?.state !== "ready") await read(runId);
    },
  };
}
