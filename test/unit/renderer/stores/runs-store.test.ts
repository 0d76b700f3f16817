import { expect, test, vi } from "vitest";
import type { LogLine } from "#contract/runs.ts";
import { cardRun, transferring } from "../../../support/renderer/bench-runs.ts";
import { openStores } from "../../../support/renderer/stores-double.ts";

const run = cardRun();
const line = (text: string): LogLine => ({ at: "2026-03-02T09:42:00Z", phase: "write", level: "info", text });

test("an opened log is kept current, each line once", async () => {
  const { double, stores } = await openStores({ runs: [run] });
  const asked = double.handlers["runs.show"];
  double.handlers["runs.show"] = async (input) => {
    const shown = await asked(input);
    // The line is in the journal already when its notification overtakes the answer.
    double.emit({ event: "log", payload: { runId: run.id, lines: [line("twice"), line("late")] } });
    return { ...shown, log: [...shown.log, line("twice")] };
  };
  await stores.runs.openLog(run.id);
  double.emit({ event: "log", payload: { runId: run.id, lines: [line("after")] } });
  double.emit({ event: "log", payload: { runId: "another", lines: [line("not ours")] } });
  expect(stores.runs.getState().logs[run.id]).toMatchObject({
    state: "ready",
    lines: [{}, {}, { text: "twice" }, { text: "late" }, { text: "after" }],
  });
  expect(stores.runs.getState().logs).not.toHaveProperty("another");
});

test("after a reconnect an opened log is read anew", async () => {
  const { double, stores, connection } = await openStores({ runs: [run] });
  await stores.runs.openLog(run.id);
  double.handlers["runs.show"] = async () => ({ run, log: [line("written while nobody listened")] });
  connection("open");
  await vi.waitFor(() =>
    expect(stores.runs.getState().logs[run.id]).toMatchObject({
      lines: [{ text: "written while nobody listened" }],
    }),
  );
});

test("the speed of each phase is kept, a column once, and a phase that starts over drops what lay ahead", async () => {
  const { double, stores } = await openStores({ runs: [run] });
  for (const [fraction, speed] of [
    [0.1, 20],
    [0.5, 30],
    [0.5, 25],
    [0.2, 10],
  ] as const) {
    double.emit({ event: "run", payload: transferring(run, "write", fraction, speed) });
  }
  double.emit({ event: "run", payload: transferring(run, "verify", 0.1, 80) });
  const speeds = (samples: { at: number; speed: number }[] = []) =>
    samples.map(({ at, speed }) => [at, speed / 1024 ** 2]);
  const samples = stores.runs.getState().samples[run.id];
  expect(speeds(samples?.write)).toEqual([
    [0.1, 20],
    [0.2, 10],
  ]);
  expect(speeds(samples?.verify)).toEqual([[0.1, 80]]);
});

test("lines are appended where the log lies, loaded or on its way: no line is copied for those that follow", async () => {
  const { double, stores } = await openStores({ runs: [run] });
  const log = () => stores.runs.getState().logs[run.id];
  const emit = (text: string) =>
    double.emit({ event: "log", payload: { runId: run.id, lines: [line(text)] } });
  const asked = double.handlers["runs.show"];
  const whileLoading: unknown[] = [];
  double.handlers["runs.show"] = async (input) => {
    for (const text of ["early", "earlier"]) {
      emit(text);
      const loading = log();
      if (loading?.state === "loading") whileLoading.push(loading.arrived);
    }
    return asked(input);
  };
  await stores.runs.openLog(run.id);
  expect(whileLoading).toHaveLength(2);
  expect(whileLoading[0]).toBe(whileLoading[1]);

  const before = log();
  emit("late");
  const after = log();
  expect(after).not.toBe(before);
  if (before?.state !== "ready" || after?.state !== "ready") throw new Error("The log is not here.");
  expect(after.lines).toBe(before.lines);
  expect(after.lines.at(-1)?.text).toBe("late");
});
