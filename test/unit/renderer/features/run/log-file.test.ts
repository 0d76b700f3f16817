import { expect, test } from "vitest";
import { logFileName, logFileText } from "../../../../../src-renderer/features/run/log-file.ts";
import { pushing } from "../../../../support/renderer/bench-runs.ts";

const run = pushing(0.4);

test("a log’s file is named by serial and date", () => {
  expect(logFileName(run)).toBe("FLOPPY-DEL-00007-2026-03-02.log");
});

test("it says whose it is, then every line with its time, phase and level", () => {
  const at = "2026-03-02T09:42:00Z";
  const lines = [
    { at, phase: "partition" as const, level: "info" as const, text: "$ sgdisk --zap-all" },
    { at, phase: null, level: "warning" as const, text: "its clock was off" },
  ];
  expect(logFileText(run, lines)).toBe(
    [
      "# FLOPPY-DEL-00007 as dell-dev, run run-FLOPPY-DEL-00007, running",
      "# started 2026-03-02T09:41:00Z",
      "2026-03-02T09:42:00Z partition info $ sgdisk --zap-all",
      "2026-03-02T09:42:00Z - warning its clock was off",
      "",
    ].join("\n"),
  );
});

test("what a stranger said in it is words, and makes no line of its own", () => {
  const text = "\u001b]52;c;aGFybQ==\u0007failed\n2026-03-02T09:43:00Z confirm info verified\u202e";
  const lines = [{ at: "2026-03-02T09:42:00Z", phase: null, level: "warning" as const, text }];
  expect(logFileText(run, lines)).toContain(
    "- warning ]52;c;aGFybQ==failed\n    2026-03-02T09:43:00Z confirm info verified\n",
  );
});
