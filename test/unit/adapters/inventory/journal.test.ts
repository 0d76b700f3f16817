import { expect, it } from "vitest";
import { journalEntries } from "#adapters/inventory/journal.ts";
import { aRun, at, later, writing } from "../../../support/inventory/records.ts";

const none = { run: null, phases: new Map<string, string>() };
const saved = {
  run: "running",
  phases: new Map([
    ["image", "done"],
    ["write", "running"],
    ["verify", "waiting"],
  ]),
};
const kinds = (entries: { kind: string }[]) => entries.map(({ kind }) => kind);

it("tells a new run with all its phases that are not waiting", () => {
  expect(kinds(journalEntries(none, aRun()))).toEqual(["phase.done", "phase.running", "run.running"]);
});

it("says which drive a run is for", () => {
  const [entry] = journalEntries(none, aRun()).slice(-1);
  expect(JSON.parse(entry?.data ?? "")).toMatchObject({ drive: { serial: "4C53" } });
});

it("makes no event of progress", () => {
  expect(journalEntries(saved, aRun({ write: writing(50) }))).toEqual([]);
});

it("tells the end of a phase with what it found out", () => {
  const done = { state: "done", startedAt: at, endedAt: later, summary: "25 MB/s" } as const;
  const entries = journalEntries(saved, aRun({ write: done }));
  expect(entries).toEqual([{ kind: "phase.done", data: JSON.stringify({ name: "write", status: done }) }]);
});

it("tells the end of a run, even when no phase changed", () => {
  const entries = journalEntries(saved, aRun({ status: { state: "interrupted", phase: "write" } }));
  expect(kinds(entries)).toEqual(["run.interrupted"]);
});
