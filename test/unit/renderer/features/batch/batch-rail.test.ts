import { expect, test } from "vitest";
import type { Run } from "#contract/runs.ts";
import { batchRail } from "../../../../../src-renderer/features/batch/batch-rail.ts";
import { catalog } from "../../../../support/renderer/bench-catalog.ts";
import {
  building,
  cardRun,
  failed,
  finished,
  transferring,
} from "../../../../support/renderer/bench-runs.ts";

const serials = ["FLOPPY-RPI-00041", "FLOPPY-RPI-00042"];
const batch = { id: "batch-1", serials };
const [first, second] = serials.map((serial): Run => ({ ...cardRun({ serial }), batch })) as [Run, Run];
const linesOf = (...runs: Run[]) =>
  batchRail(runs, "batch-1", catalog)?.steps.map(({ label, state }) => `${label}: ${state}`);

test("it names how many, what for, and which serials", () => {
  const view = batchRail([first, second], "batch-1", catalog);
  expect(view?.subject).toEqual({ serial: "2 cards", about: "Raspberry Pi · robot" });
  expect(view?.steps[0]).toMatchObject({ label: "Devices", found: "00041 to 00042" });
});

test.each([
  [
    "the image is built",
    [building(first), building(second)],
    ["Image: current", "Write: todo", "Verify: todo"],
  ],
  [
    "one is written already",
    [transferring(first, "write", 0.5), transferring(second, "verify", 0.5)],
    ["Image: done", "Write: current", "Verify: current"],
  ],
  [
    "the last one is read back",
    [finished(first), transferring(second, "verify", 0.5)],
    ["Image: done", "Write: done", "Verify: current"],
  ],
  [
    "one failed, and the other is read back",
    [failed(first), transferring(second, "verify", 0.5)],
    ["Image: done", "Write: failed", "Verify: current"],
  ],
  ["all are ready", [finished(first), finished(second)], ["Image: done", "Write: done", "Verify: done"]],
  ["one failed", [finished(first), failed(second)], ["Image: done", "Write: failed", "Verify: failed"]],
])("while %s", (_when, runs, expected) => {
  const lines = linesOf(...runs) ?? [];
  expect([lines[2], lines[4], lines[5]]).toEqual(expected);
});

test("a batch that is not here has no rail", () => {
  expect(batchRail([cardRun()], "batch-1", catalog)).toBeNull();
});
