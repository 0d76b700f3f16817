import type { Catalog } from "#contract/catalog.ts";
import type { MediumPhase, Run } from "#contract/runs.ts";
import { plural } from "../../ui/format.ts";
import type { RailStep, RailView } from "../shell/rail-steps.ts";
import { type BatchRow, batchRows } from "./batch-rows.ts";

/** The same lines as a run has, with how many cards are past each of them; null for a batch that is not here. */
export function batchRail(runs: readonly Run[], batchId: string, catalog: Catalog): RailView | null {
  const rows = batchRows(runs, batchId);
  const first = rows.find(({ run }) => run !== null)?.run;
  if (!first) return null;
  const host = catalog.hosts.find((candidate) => candidate.name === first.host);
  const cards = plural(rows.length, "card");
  const done = (label: string, found: string): RailStep => ({ label, found, state: "done", backTo: null });
  return {
    subject: { serial: cards, about: `${host?.label ?? first.host} · ${first.role}` },
    steps: [
      done("Devices", `${rows[0]?.serial.slice(-5)} to ${rows.at(-1)?.serial.slice(-5)}`),
      done("Role", first.role),
      stepOf("Image", rows, { phase: "image", after: null, did: "have it" }),
      done("Cards", cards),
      stepOf("Write", rows, { phase: "write", after: "image", did: "written" }),
      stepOf("Verify", rows, { phase: "verify", after: "write", did: "verified" }),
    ],
  };
}

type Part = { phase: MediumPhase; after: MediumPhase | null; did: string };

function isPast(run: Run | null, name: MediumPhase | null): boolean {
  return (
    run === null ||
    name === null ||
    run.phases.some((phase) => phase.name === name && phase.status.state === "done")
  );
}

function stepOf(label: string, rows: BatchRow[], { phase, after, did }: Part): RailStep {
  const past = rows.filter(({ run }) => isPast(run, phase)).length;
  return {
    label,
    found: `${past} of ${rows.length} ${did}`,
    state: stateOf(rows, phase, after),
    backTo: null,
  };
}

/** As far as all are that go on; what stays behind is seen once nobody else is on the way to it. */
function stateOf(rows: BatchRow[], phase: MediumPhase, after: MediumPhase | null): RailStep["state"] {
  const behind = rows.filter(({ run }) => !isPast(run, phase));
  if (behind.length === 0) return "done";
  const coming = behind.filter(({ run }) => run?.status.state === "running");
  if (coming.some(({ run }) => isPast(run, after))) return "current";
  if (coming.length > 0) return "todo";
  return behind.some(({ run }) => run?.status.state === "failed") ? "failed" : "stopped";
}
