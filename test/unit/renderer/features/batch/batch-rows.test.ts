import { expect, test } from "vitest";
import type { Run } from "#contract/runs.ts";
import {
  batchIds,
  batchPercent,
  batchRows,
  batchSpeed,
  imageRun,
  tallyOf,
  tallyWords,
  toneOf,
} from "../../../../../src-renderer/features/batch/batch-rows.ts";
import {
  building,
  cardRun,
  failed,
  finished,
  interrupted,
  transferring,
} from "../../../../support/renderer/bench-runs.ts";

const serials = ["FLOPPY-RPI-00041", "FLOPPY-RPI-00042", "FLOPPY-RPI-00043"];
const batch = { id: "batch-1", serials };
const [first, second, third] = serials.map((serial): Run => ({ ...cardRun({ serial }), batch })) as [
  Run,
  Run,
  Run,
];
const rowsOf = (...runs: Run[]) => batchRows(runs, "batch-1");

test("there is a row a serial, in their order, and none for a run of its own", () => {
  const alone = cardRun({ serial: "FLOPPY-RPI-00042" });
  const rows = rowsOf(third, alone, first);
  expect(rows).toEqual([
    { serial: serials[0], run: first },
    { serial: serials[1], run: null },
    { serial: serials[2], run: third },
  ]);
  expect(batchRows([alone], "batch-1")).toEqual([]);
});

test("cards are counted by how they stand; one that was over before is done", () => {
  const tally = tallyOf(rowsOf(transferring(first, "write", 0.5), failed(third)));
  expect(tally).toEqual({ total: 3, done: 1, running: 1, failed: 1, stopped: 0 });
  expect(tallyWords(tally)).toBe("1 verified, 1 under way, 1 failed");
  expect(tallyWords(tallyOf(rowsOf(interrupted(first), finished(second), finished(third))))).toBe(
    "2 verified, 1 stopped",
  );
});

test.each([
  ["running", [transferring(first, "write", 0.5), failed(second), finished(third)]],
  ["bad", [finished(first), failed(second), interrupted(third)]],
  ["paused", [finished(first), interrupted(second), finished(third)]],
  ["good", [finished(first), finished(second), finished(third)]],
])("it is %s as a whole", (tone, runs) => {
  expect(toneOf(tallyOf(rowsOf(...runs)))).toBe(tone);
});

test("writing and reading back are a half each of the way; what failed is on no way any more", () => {
  const writing = transferring(first, "write", 0.5);
  const verifying = transferring(second, "verify", 0.5);
  expect(batchPercent(rowsOf(writing, verifying, failed(third)))).toBe(50);
  expect(batchPercent(rowsOf(finished(first), finished(second), finished(third)))).toBe(100);
  expect(batchPercent(rowsOf(failed(first), failed(second), failed(third)))).toBe(0);
});

test("the speeds of all cards add up", () => {
  const rows = rowsOf(
    transferring(first, "write", 0.5, 10),
    transferring(second, "verify", 0.5, 80),
    finished(third),
  );
  expect(batchSpeed(rows)).toBe(90 * 1024 ** 2);
});

test("the image is told of while all that go on wait for it", () => {
  expect(imageRun(rowsOf(building(first), building(second), failed(third)))?.id).toBe(first.id);
  expect(imageRun(rowsOf(building(first), transferring(second, "write", 0), building(third)))).toBeNull();
  expect(imageRun(rowsOf(failed(first), failed(second), failed(third)))).toBeNull();
});

test("a batch is named once, however many of its cards are meant", () => {
  const other = { ...finished(second), batch: { id: "batch-2", serials } };
  expect(
    batchIds([failed(first), failed(third), other, cardRun()], ({ status }) => status.state === "failed"),
  ).toEqual(["batch-1"]);
});
