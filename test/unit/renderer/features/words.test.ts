import { expect, test } from "vitest";
import { isTargetPhase, targetPhases } from "#contract/runs.ts";
import {
  cancelLeaves,
  endedWords,
  leftBehind,
  phaseHeading,
  phaseLead,
} from "../../../../src-renderer/features/words.ts";
import { preparing, targetRun } from "../../../support/renderer/bench-runs.ts";

test("until the disk is erased, what ends a run leaves it untouched; from then on that is never said", () => {
  const untouched = targetPhases.filter((phase) =>
    leftBehind(phase, "stick").includes("nothing was written to the machine’s disks"),
  );
  expect(untouched).toEqual(["boot", "reach", "plan"]);
});

test("cancelling tells of the disk and of the way on, in each phase", () => {
  for (const phase of targetPhases) {
    expect(cancelLeaves(phase, "stick")).toContain(leftBehind(phase, "stick"));
    expect(cancelLeaves(phase, "stick").length).toBeGreaterThan(leftBehind(phase, "stick").length + 5);
  }
});

test("while its system is built it is said that nothing is erased yet", () => {
  expect(phaseHeading("plan", preparing())).toBe("Preparing its system");
  expect(phaseLead("plan", preparing())).toMatch(/^Nothing is erased yet/);
  expect(phaseHeading("plan", targetRun("plan"))).toBe("Looking at the machine");
});

test("each end of a run behind its stick has a line", () => {
  for (const phase of targetPhases.filter(isTargetPhase)) {
    const run = { ...targetRun(phase), status: { state: "interrupted" as const, phase } };
    expect(endedWords(run)).toMatch(/^A run of FLOPPY-DEL-00007 was interrupted (while|before) /);
  }
});
