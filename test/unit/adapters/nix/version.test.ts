import { expect, test } from "vitest";
import { isAtLeast } from "#adapters/nix/version.ts";

test.each([
  ["2.8.0", false],
  ["2.18.9", false],
  ["2.20.0", true],
  ["2.31.2", true],
  ["2.31pre20250712_b1245123", true],
  ["3.0", true],
  ["1.99", false],
])("nix %s is at least 2.20: %s", (version, expected) => {
  expect(isAtLeast(version, 2, 20)).toBe(expected);
});
