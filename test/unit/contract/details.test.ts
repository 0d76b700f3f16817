import { describe, expect, test } from "vitest";
import { detailLines, hasOutput } from "#contract/details.ts";
import type { ErrorData } from "#contract/errors.ts";

function errorWith(details: ErrorData["details"], more: Partial<ErrorData> = {}): ErrorData {
  return {
    code: "NIX_BUILD_FAILED",
    message: "The build of x failed.",
    hint: "Its last lines say why.",
    details,
    ...more,
  };
}

describe("what an error knows", () => {
  test("is shown as facts, and then what a program wrote, line for line", () => {
    const error = errorWith({
      log: ["compiling", "fatal: no driver"],
      exitCode: 3,
      drvPath: "/nix/store/y.drv",
    });
    expect(detailLines(error)).toEqual([
      "exit code: 3",
      "drv path: /nix/store/y.drv",
      "compiling",
      "fatal: no driver",
    ]);
    expect(hasOutput(error)).toBe(true);
  });

  test("of several lines stands below its name", () => {
    const reason = "✖ Invalid input\n  → at theme";
    expect(detailLines(errorWith({ reason }))).toEqual(["reason:", "  ✖ Invalid input", "    → at theme"]);
  });

  test("of several parts is told part by part", () => {
    const attempts = [
      { address: "192.168.1.7", outcome: "refused" },
      { address: "192.168.1.8", outcome: "timed out" },
    ];
    expect(detailLines(errorWith({ attempts }))).toEqual([
      "attempts:",
      "  address 192.168.1.7, outcome refused",
      "  address 192.168.1.8, outcome timed out",
    ]);
  });

  test("is not said twice, and nothing is said where nothing is known", () => {
    const details = { derivation: "x", problems: ["The build of x"], serial: null, holders: [], stderr: "" };
    expect(detailLines(errorWith(details))).toEqual([]);
    expect(hasOutput(errorWith(details))).toBe(false);
  });

  test("of where a program failed inside is shown on request only", () => {
    const error = errorWith({ stack: "Error: x\n    at y.ts:1:1" });
    expect(detailLines(error)).toEqual([]);
    expect(detailLines(error, { stack: true })).toEqual(["Error: x", "    at y.ts:1:1"]);
    expect(hasOutput(error)).toBe(false);
  });
});

test.each<[string, ErrorData["details"]]>([
  [
    "a private key",
    { stderr: "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----" },
  ],
  ["half a private key", { lines: ["-----BEGIN PRIVATE KEY-----", "hunter2"] }],
  ["a passphrase by its name", { passphrase: "hunter2" }],
  ["a passphrase inside of something", { wifi: { ssid: "bench", passphrase: "hunter2" } }],
  [
    "a passphrase in JSON that a program quotes",
    { stderr: 'Unexpected token in {"passphrase":"hunter2"} at 3' },
  ],
  ["a passphrase in quoted JSON", { stderr: '"{\\"passphrase\\":\\"hunter2\\",\\"a\\":1}"' }],
  ["a passphrase in a profile", { log: ["[wifi-security]", "psk=hunter2 is it"] }],
  ["a password in an address", { flake: "git+https://jo:hunter2@example.org/x" }],
])("%s is never shown", (_what, details) => {
  expect(detailLines(errorWith(details), { stack: true }).join("\n")).not.toMatch(/hunter2|is it/);
});
