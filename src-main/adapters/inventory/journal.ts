import type { Run } from "#contract/runs.ts";

/** The states that were saved before: of the run, and of its phases by name. */
export type SavedStates = { run: string | null; phases: ReadonlyMap<string, string> };

export type JournalEntry = { kind: string; data: string };

/** What happened between the last save and `run`. Progress is no event: it is kept in the phase alone. */
export function journalEntries(before: SavedStates, run: Run): JournalEntry[] {
  const entries = run.phases
    .filter(({ name, status }) => (before.phases.get(name) ?? "waiting") !== status.state)
    .map((phase) => ({ kind: `phase.${phase.status.state}`, data: JSON.stringify(phase) }));
  if (before.run === run.status.state) return entries;
  const data = JSON.stringify({ status: run.status, drive: run.drive.identity });
  return [...entries, { kind: `run.${run.status.state}`, data }];
}
