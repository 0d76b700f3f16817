import { describe, expect, it } from "vitest";
import { parseStat } from "#adapters/process-stat.ts";

const stat = (name: string) =>
  `4242 (${name}) S 1 4242 4242 0 -1 4194560 1200 0 3 0 10 4 0 0 20 0 11 0 987654 1073741824 9000`;

describe("a process in /proc", () => {
  it("is read with its state, parent and start time", () => {
    expect(parseStat(stat("node"))).toEqual({ state: "S", parent: 1, start: "987654" });
  });

  it("may have brackets and blanks in its name", () => {
    expect(parseStat(stat("odd) R 7 (name"))).toEqual({ state: "S", parent: 1, start: "987654" });
  });

  it("is nothing when the text is cut", () => {
    expect(parseStat("4242 (node) S 1")).toBeNull();
  });
});
