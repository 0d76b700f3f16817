import { describe, expect, it } from "vitest";
import { denial, type Elevation } from "#adapters/writer/elevation.ts";

function ended(code: number, stderrTail = "") {
  return { last: null, code, signal: undefined, stderrTail };
}

describe("a writer that was not let in", () => {
  it.each<[Elevation, number, string, string]>([
    ["pkexec", 126, "", "dismissed"],
    ["pkexec", 127, "No session for pid: no polkit agent", "no polkit agent"],
    ["pkexec", 127, "Error opening current controlling terminal: /dev/tty", "no polkit agent"],
    ["pkexec", 127, "Not authorized", "may not"],
    ["sudo", 1, "sudo: 3 incorrect password attempts", "sudo"],
  ])("is told for %s with exit code %d: %s", (elevation, code, stderr, words) => {
    expect(denial(elevation, ended(code, stderr))).toMatchObject({
      code: "WRITER_DENIED",
      message: expect.stringContaining(words),
      hint: expect.stringContaining("Nothing was written."),
    });
  });

  it.each<[Elevation, number, string]>([
    ["pkexec", 1, "TypeError: broken"],
    ["pkexec", 139, ""],
    ["sudo", 1, "TypeError: broken"],
    ["sudo", 70, "sudo: anything"],
  ])("is not mistaken for one that crashed: %s, %d, %s", (elevation, code, stderr) => {
    expect(denial(elevation, ended(code, stderr))).toBeNull();
  });

  it("is not mistaken for one that refused", () => {
    const error = { code: "DRIVE_BUSY" as const, message: "", hint: "", details: {} };
    expect(denial("pkexec", { ...ended(127), last: { event: "failed", error } })).toBeNull();
  });
});
