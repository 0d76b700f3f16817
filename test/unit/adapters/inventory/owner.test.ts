import { describe, expect, it } from "vitest";
import { currentOwner, judgeOwner } from "#adapters/inventory/owner.ts";

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
