import { describe, expect, it } from "vitest";
import { isGreen, summary, tally } from "../../setup/results.mjs";

const ELECTRON_FILE = "/floppy/test/e2e/electron/window.true-electron.test.ts";

function file(name: string, statuses: string[], status = statuses.includes("failed") ? "failed" : "passed") {
  return {
    name,
    status,
    assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })),
  };
}

const report = (...testResults: ReturnType<typeof file>[]) => ({
  success: testResults.every(({ status }) => status === "passed"),
  testResults,
});

describe("counting what ran", () => {
  it("adds up the tests of all files", () => {
    const counted = tally(
      report(file("a.test.ts", ["passed", "failed"]), file("b.test.ts", ["passed"])),
      false,
    );
    expect(summary(counted)).toBe("2 passed, 1 failed");
  });

  it.each(["skipped", "pending", "todo", "disabled"])("counts %s as skipped", (status) => {
    expect(summary(tally(report(file("a.test.ts", ["passed", status])), true))).toBe(
      "1 passed, 0 failed, 1 skipped",
    );
  });

  it.each([
    ["a file that cannot be loaded", report(file("a.test.ts", [], "failed")), false],
    ["a run without a report", null, true],
    ["a run without tests", report(), true],
    ["an error outside of any test", { ...report(file("a.test.ts", ["passed"])), success: false }, false],
    ["a runner that ended badly after all passed", report(file("a.test.ts", ["passed"])), false],
  ])("counts %s as one failure", (_what, given, exitedWell) => {
    expect(tally(given, exitedWell).failed).toBe(1);
  });
});

describe("green", () => {
  const passed = { passed: 1, failed: 0, skipped: [] as string[] };

  it("is a run where all passed", () => expect(isGreen(passed, true)).toBe(true));
  it("is not a run where one failed", () => expect(isGreen({ ...passed, failed: 1 }, true)).toBe(false));
  it("is not a run where nothing passed", () => expect(isGreen({ ...passed, passed: 0 }, true)).toBe(false));

  it("is not a run where one was skipped", () => {
    expect(isGreen({ ...passed, skipped: ["/floppy/test/e2e/wizard.test.ts: flashes"] }, false)).toBe(false);
  });

  it("excuses the true-Electron tests, but only where Electron is not to be had", () => {
    const skipped = [`${ELECTRON_FILE}: opens: a window`];
    expect(isGreen({ ...passed, skipped }, false)).toBe(true);
    expect(isGreen({ ...passed, skipped }, true)).toBe(false);
  });
});
