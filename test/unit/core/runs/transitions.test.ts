import { describe, expect, it } from "vitest";
import { cancelled, FloppyError } from "#contract/errors.ts";
import { nextPhase, type PhaseProgress, type Run } from "#contract/runs.ts";
import {
  beginPhase,
  finishPhase,
  interruptRun,
  progressPhase,
  rewindTo,
  stopRun,
} from "#core/runs/transitions.ts";
import { freshRun } from "../../../support/fake-ports.ts";

const at = "2026-01-01T00:00:00.000Z";
const later = "2026-01-01T00:01:00.000Z";

const built = finishPhase(beginPhase(freshRun, "image", at), "image", later, "built");
const writing = beginPhase(built, "write", later);
const progress: Extract<PhaseProgress, { kind: "transfer" }> = {
  kind: "transfer",
  position: 1,
  sizeBytes: 2,
  speed: 1,
  averageSpeed: 1,
  etaSeconds: 1,
};
const states = (run: Run) => run.phases.map(({ status }) => status.state);

describe("phases", () => {
  it("are done one after the other, and the run with the last", () => {
    expect(nextPhase(freshRun)).toBe("image");
    expect(nextPhase(built)).toBe("write");
    const verifying = beginPhase(finishPhase(writing, "write", later, "64 MiB"), "verify", later);
    const done = finishPhase(verifying, "verify", later, "equal");
    expect(nextPhase(done)).toBeNull();
    expect(done.status).toEqual({ state: "done", endedAt: later });
  });

  it("keep when they began", () => {
    expect(built.phases[0]?.status).toEqual({
      state: "done",
      startedAt: at,
      endedAt: later,
      summary: "built",
    });
  });

  it("drop progress that comes before they began or after they ended", () => {
    expect(progressPhase(freshRun, "write", progress)).toEqual(freshRun);
    expect(progressPhase(built, "image", progress)).toEqual(built);
    expect(progressPhase(writing, "write", progress).phases[1]?.status).toMatchObject({ progress });
  });

  it("tell of a download that is waited for until there is something to write", () => {
    const arrival: PhaseProgress = { ...progress, kind: "arrival" };
    const waiting = progressPhase(writing, "write", arrival);
    expect(waiting.phases[1]?.status).toMatchObject({ progress: arrival });
    const begun = progressPhase(waiting, "write", progress);
    expect(begun.phases[1]?.status).toMatchObject({ progress });
    expect(progressPhase(begun, "write", arrival)).toBe(begun);
  });
});

describe("a run that ends early", () => {
  const wentWrong = new FloppyError("DRIVE_IO", "The card gave an error.", "Use another card.");

  it("fails at its phase with the reason", () => {
    const failed = stopRun(writing, later, wentWrong);
    expect(failed.status).toMatchObject({ state: "failed", phase: "write", error: { code: "DRIVE_IO" } });
    expect(states(failed)).toEqual(["done", "failed", "waiting"]);
  });

  it("is cancelled, which is no failure, but leaves a medium that is not complete", () => {
    const stopped = stopRun(writing, later, cancelled("Writing"));
    expect(stopped.status).toMatchObject({ state: "cancelled", phase: "write" });
  });

  it("starts its phase over when its process died", () => {
    const found = interruptRun(progressPhase(writing, "write", progress));
    expect(found.status).toEqual({ state: "interrupted", phase: "write" });
    expect(states(found)).toEqual(["done", "waiting", "waiting"]);
  });

  it("forgets the outcome of a phase and all after it when it goes back", () => {
    expect(states(rewindTo(stopRun(writing, later, wentWrong), "write"))).toEqual([
      "done",
      "waiting",
      "waiting",
    ]);
    expect(states(rewindTo(built, "image"))).toEqual(["waiting", "waiting", "waiting"]);
  });

  it("does not interrupt what is over", () => {
    const failed = stopRun(writing, later, wentWrong);
    expect(interruptRun(failed)).toEqual(failed);
  });
});
