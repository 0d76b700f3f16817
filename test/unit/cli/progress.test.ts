import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TransferProgress } from "#contract/runs.ts";
import { plainLine, terminalLine } from "../../../src-main/cli/progress-line.ts";
import { viewBuild, viewTransfer } from "../../../src-main/cli/progress-view.ts";
import { createReport } from "../../../src-main/cli/report.ts";
import { fakeTerminal } from "./fake-world.ts";

const MIB = 1024 ** 2;

function transfer(change: Partial<TransferProgress> = {}): TransferProgress {
  return {
    position: 50 * MIB,
    sizeBytes: 100 * MIB,
    speed: 25 * MIB,
    averageSpeed: 25 * MIB,
    etaSeconds: 2,
    ...change,
  };
}

const build = {
  stage: "building",
  doneItems: 3,
  expectedItems: 12,
  doneBytes: 0,
  expectedBytes: 0,
  current: "linux-6.6.1",
} as const;

describe("a line of progress on a terminal", () => {
  it("says how far, how long still, how much and how fast", () => {
    const line = terminalLine(viewTransfer("write", transfer()), 100);
    expect(line).toMatch(/^Writing +█+░+ +50 % {2}2 s left {2}50 MiB of 100 MiB {2}25 MiB\/s$/);
  });

  it.each([12, 20, 34, 40, 53, 60, 80, 120, 200])("is never wider than %i columns", (columns) => {
    for (const view of [
      viewTransfer("verify", transfer()),
      viewBuild(build),
      viewBuild({ ...build, expectedItems: 0 }),
    ])
      expect(terminalLine(view, columns).length).toBeLessThanOrEqual(columns);
  });

  it("leaves out what does not fit, the time that is left last of all", () => {
    const view = viewTransfer("write", transfer());
    expect(terminalLine(view, 50)).toMatch(/50 % {2}2 s left {2}25 MiB\/s$/);
    expect(terminalLine(view, 40)).toMatch(/50 % {2}2 s left$/);
  });

  it("draws a full bar at the end and no more than that beyond it", () => {
    const line = terminalLine(viewTransfer("write", transfer({ position: 101 * MIB })), 80);
    expect(line).toContain("100 %");
    expect(line).not.toContain("░");
  });

  it("has no bar while the whole is not known", () => {
    const line = terminalLine(viewBuild({ ...build, stage: "evaluating", expectedItems: 0 }), 80);
    expect(line).toBe("Evaluating  linux-6.6.1");
  });
});

describe("a line of progress in a log", () => {
  it("is whole", () => {
    expect(plainLine(viewTransfer("write", transfer()))).toBe(
      "Writing: 50 %, 2 s left, 50 MiB of 100 MiB, 25 MiB/s",
    );
    expect(plainLine(viewBuild(build))).toBe("Building: 25 %, 3 of 12, linux-6.6.1");
  });

  it("appears at each tenth of the way and at each change of stage", () => {
    const { terminal, written } = fakeTerminal();
    const report = createReport(terminal, false);
    for (const stage of ["write", "verify"] as const)
      for (let position = 0; position <= 100; position++)
        report.progress(stage, { kind: "transfer", ...transfer({ position: position * MIB }) });
    const lines = written.stderr.trimEnd().split("\n");
    expect(lines.filter((line) => line.startsWith("Writing"))).toHaveLength(11);
    expect(lines.filter((line) => line.startsWith("Verifying"))).toHaveLength(11);
    expect(written.stderr).not.toContain("\r");
  });
});

describe("a build that says nothing", () => {
  const build = {
    stage: "building",
    doneItems: 3,
    expectedItems: 12,
    doneBytes: 0,
    expectedBytes: 0,
  } as const;
  const progress = { kind: "build", ...build, current: null } as const;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is told of on a terminal: how long it takes, and since when nix is quiet", () => {
    const { terminal, written } = fakeTerminal({ isTTY: true, columns: 120 });
    const report = createReport(terminal, false);
    report.progress("image", progress);
    vi.advanceTimersByTime(20_000);
    report.progress("image", progress);
    vi.advanceTimersByTime(29_000);
    expect(written.stderr).toContain("49 s");
    expect(written.stderr).not.toContain("quiet");
    vi.advanceTimersByTime(41_000);
    expect(written.stderr).toMatch(/nix quiet for 1 min 10 s {2}1 min 30 s {2}3 of 12$/);
  });

  it("is told of in a pipe after half a minute, and again when its silence has doubled", () => {
    const { terminal, written } = fakeTerminal();
    const report = createReport(terminal, false);
    report.progress("image", progress);
    vi.advanceTimersByTime(130_000);
    expect(written.stderr.trimEnd().split("\n")).toEqual([
      "Building: 25 %, 3 of 12",
      "Building: 25 %, nix quiet for 30 s, 30 s, 3 of 12",
      "Building: 25 %, nix quiet for 1 min 0 s, 1 min 0 s, 3 of 12",
      "Building: 25 %, nix quiet for 2 min 0 s, 2 min 0 s, 3 of 12",
    ]);
  });

  it("ends with the build: nothing is drawn after its last word", () => {
    const { terminal, written } = fakeTerminal({ isTTY: true });
    const report = createReport(terminal, false);
    report.progress("image", progress);
    report.done("image", "built");
    const said = written.stderr;
    vi.advanceTimersByTime(60_000);
    expect(written.stderr).toBe(said);
  });
});

describe("the report", () => {
  it("draws over one line on a terminal and clears it before it says something", () => {
    const { terminal, written } = fakeTerminal({ isTTY: true });
    const report = createReport(terminal, false);
    report.progress("write", { kind: "transfer", ...transfer() });
    report.progress("write", { kind: "transfer", ...transfer({ position: 75 * MIB }) });
    expect(written.stderr.split("\n")).toHaveLength(1);
    report.done("write", "100 MiB in 4 s");
    expect(written.stderr).toContain("75 %");
    expect(written.stderr.endsWith("\r\u001b[2KWrite: 100 MiB in 4 s\n")).toBe(true);
  });

  it("tells a person the message, then the hint indented", () => {
    const { terminal, written } = fakeTerminal();
    const hint = "Nothing was written.\nPlug it in again.";
    createReport(terminal, false).error({
      code: "DRIVE_GONE",
      message: "The drive is gone.",
      hint,
      details: {},
    });
    expect(written).toEqual({
      stdout: "",
      stderr: "The drive is gone.\n  Nothing was written.\n  Plug it in again.\n",
    });
  });

  it("tells a machine one object a line, and the exit code with an error", () => {
    const { terminal, written } = fakeTerminal();
    const report = createReport(terminal, true);
    report.log("info", "one\ntwo");
    report.error({ code: "DRIVE_GONE", message: "Gone.", hint: "Safe.", details: {} });
    const objects = written.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects).toEqual([
      { event: "log", level: "info", text: "one\ntwo" },
      { event: "error", code: "DRIVE_GONE", message: "Gone.", hint: "Safe.", details: {}, exitCode: 5 },
    ]);
    expect(written.stderr).toBe("");
  });
});
