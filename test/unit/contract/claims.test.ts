import { expect, it } from "vitest";
import { runOfDevice, runOnDrive } from "#contract/claims.ts";
import type { Run } from "#contract/runs.ts";
import { freshRun, freshStickRun } from "../../support/fake-ports.ts";

const at = "2026-01-01T00:00:00.000Z";
const key = freshRun.drive.key;

it("a run that is under way has its drive and its device", () => {
  expect(runOnDrive([freshRun], key)).toBe(freshRun);
  expect(runOnDrive([freshRun], "another")).toBeNull();
  expect(runOfDevice([freshRun], freshRun.serial)).toBe(freshRun);
  expect(runOfDevice([freshRun], "FLOPPY-RPI-00002")).toBeNull();
});

it("a run that ended has neither", () => {
  const ended: Run = { ...freshRun, status: { state: "cancelled", phase: "write", endedAt: at } };
  expect(runOnDrive([ended], key)).toBeNull();
  expect(runOfDevice([ended], ended.serial)).toBeNull();
});

it("a stick that is written is free, while its device is still being installed", () => {
  const written = freshStickRun.phases.map(({ name, status }, index): Run["phases"][number] =>
    index < 3
      ? { name, status: { state: "done", startedAt: at, endedAt: at, summary: "" } }
      : { name, status },
  );
  const installing: Run = { ...freshStickRun, phases: written, status: { state: "running", phase: "boot" } };
  expect(runOnDrive([installing], key)).toBeNull();
  expect(runOfDevice([installing], installing.serial)).toBe(installing);
});
