import { describe, expect, it } from "vitest";
import { currentOwner, judgeOwner, parseStat } from "#adapters/inventory/owner.ts";

const stat = (name: string) =>
  `4242 (${name}) S 1 4242 4242 0 -1 4194560 1200 0 3 0 10 4 0 0 20 0 11 0 987654 1073741824 9000`;

describe("a process in /proc", () => {
  it("is read with its state and start time", () => {
    expect(parseStat(stat("node"))).toEqual({ state: "S", start: "987654" });
  });

  it("may have brackets and blanks in its name", () => {
    expect(parseStat(stat("odd) R 7 (name"))).toEqual({ state: "S", start: "987654" });
  });

  it("is nothing when the text is cut", () => {
    expect(parseStat("4242 (node) S 1")).toBeNull();
  });
});

describe("the owner of a run", () => {
  const current = currentOwner();

  it("is this process by its boot, pid and start time", () => {
    expect(judgeOwner(current, current)).toBe("this");
  });

  it("is another process that lives", () => {
    const parent = { ...current, pid: current.pid + 1_000_000_000 };
    expect(judgeOwner(current, parent)).toBe("other");
  });

  it("is dead when the machine was started anew since", () => {
    expect(judgeOwner({ ...current, bootId: "another boot" }, current)).toBe("dead");
  });

  it("is dead when its pid is gone", () => {
    expect(judgeOwner({ ...current, pid: 999_999_999 }, current)).toBe("dead");
  });

  it("is dead when its pid belongs to a process that started later", () => {
    expect(judgeOwner({ ...current, start: "1" }, current)).toBe("dead");
  });
});
