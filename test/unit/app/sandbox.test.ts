import { expect, it } from "vitest";
import { refuseUnsandboxed } from "../../../src-main/app/sandbox.ts";
import { refusal } from "../../support/runs.ts";

const started = (...switches: string[]) => ({
  commandLine: { hasSwitch: (name: string) => switches.includes(name) },
});

it("a window without a sandbox is not opened", () => {
  expect(() => refuseUnsandboxed(started("no-sandbox"), 1000)).toThrow(refusal("COMPUTER_FAILED"));
});

it("a window with a sandbox is", () => {
  expect(() => refuseUnsandboxed(started("disable-gpu"), 1000)).not.toThrow();
});

it("root, for whom Chromium has none, is let be", () => {
  expect(() => refuseUnsandboxed(started("no-sandbox"), 0)).not.toThrow();
});
