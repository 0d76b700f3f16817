import { describe, expect, it } from "vitest";
import { confirmationProblems, parseConfirmation } from "#core/install/confirmation.ts";

const system = `/nix/store/${"a".repeat(32)}-nixos-system`;
const told = {
  bootId: "0d1c2b3a-0000-4000-8000-000000000000",
  serial: "FLOPPY-DEL-00001",
  runId: "run-1",
  hostname: "floppy-del-00001",
  system,
  ok: true,
  problems: [],
};
const expected = { serial: told.serial, runId: told.runId, hostname: told.hostname, system };
const problemsOf = (change: object) => {
  const found = parseConfirmation(JSON.stringify({ ...told, ...change }));
  return found && confirmationProblems(found, expected).join();
};

describe("a device's own word", () => {
  it("confirms it when everything is what was meant", () => {
    expect(problemsOf({})).toBe("");
  });

  it.each([
    ["another device", { serial: "FLOPPY-DEL-00002" }, /calls itself/],
    ["an identity of another run", { runId: "run-0" }, /another run/],
    ["another system", { system: "/nix/store/old" }, /runs \/nix\/store\/old/],
    ["something broken", { ok: false, problems: ["units: failed: sshd.service"] }, /sshd/],
    ["something broken that it does not name", { ok: false }, /verification failed/],
  ])("does not confirm %s", (_what, change, problem) => {
    expect(problemsOf(change)).toMatch(problem);
  });

  it.each([["", "{}", "== /proc/meminfo", '{"bootId":"x"}']])("is nothing where it is %j", (text) => {
    expect(parseConfirmation(text)).toBeNull();
  });
});
