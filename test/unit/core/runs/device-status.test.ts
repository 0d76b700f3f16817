import { expect, it } from "vitest";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { Current } from "#core/current.ts";
import { createInstallKind } from "#core/install/kind.ts";
import { createMediumKind } from "#core/medium/kind.ts";
import { deviceStatus } from "#core/runs/device-status.ts";
import { createKinds } from "#core/runs/kind.ts";
import { beginPhase, dismissRun, finishPhase, interruptRun, stopRun } from "#core/runs/transitions.ts";
import { fakePorts, freshRun, freshStickRun } from "../../../support/fake-ports.ts";

const at = "2026-01-01T00:00:00.000Z";
const later = "2026-01-01T00:01:00.000Z";

const ports = fakePorts();
const medium = createMediumKind(ports, {} as Current);
const kinds = createKinds([medium, createInstallKind(ports, medium)]);
const statusOf = (run: Run) => deviceStatus(kinds, run);

const doneUpTo = (run: Run, last: Run["phases"][number]["name"]): Run => {
  const names = run.phases.map(({ name }) => name);
  return names
    .slice(0, names.indexOf(last) + 1)
    .reduce((before, name) => finishPhase(before, name, later, ""), run);
};

const writing = beginPhase(doneUpTo(freshRun, "image"), "write", later);
const wentWrong = new FloppyError("DRIVE_IO", "The card gave an error.", "Use another card.");

it.each([
  ["image", "building"],
  ["write", "writing"],
  ["verify", "verifying"],
  ["boot", "awaited"],
  ["plan", "awaited"],
  ["partition", "installing"],
  ["confirm", "installing"],
] as const)("a run at “%s” says %s", (phase, state) => {
  expect(statusOf(beginPhase(freshStickRun, phase, at))).toEqual({ state });
});

it("a medium that is done is flashed, a machine provisioned", () => {
  expect(statusOf(doneUpTo(freshRun, "verify"))).toEqual({ state: "flashed" });
  expect(statusOf(doneUpTo(freshStickRun, "confirm"))).toEqual({ state: "provisioned" });
});

it("a run that failed says why", () => {
  expect(statusOf(stopRun(writing, later, wentWrong))).toMatchObject({
    state: "failed",
    error: { code: "DRIVE_IO" },
  });
});

it("a run that was cancelled leaves a medium that is not complete", () => {
  const stopped = stopRun(writing, later, cancelled("Writing"));
  expect(statusOf(stopped)).toMatchObject({ state: "failed", error: { code: "CANCELLED" } });
});

it("leaves the device as it was registered when nothing was written yet", () => {
  const stopped = stopRun(beginPhase(freshRun, "image", at), later, cancelled("The build"));
  expect(statusOf(stopped)).toEqual({ state: "registered" });
});

it("a machine that nothing was written to is still awaited", () => {
  const planning = beginPhase(doneUpTo(freshStickRun, "reach"), "plan", later);
  expect(statusOf(stopRun(planning, later, cancelled("The run")))).toEqual({ state: "awaited" });
});

it("a run whose process died says so", () => {
  expect(statusOf(interruptRun(writing))).toMatchObject({
    state: "failed",
    error: { code: "RUN_INTERRUPTED" },
  });
});

it("a run that was put aside says nothing new", () => {
  expect(statusOf(dismissRun(stopRun(writing, later, wentWrong), later))).toBeNull();
});
