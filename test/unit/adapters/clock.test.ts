import { describe, expect, it } from "vitest";
import { createClock } from "#adapters/clock.ts";

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("ids", () => {
  it("are UUIDs of version 7 that carry the time", () => {
    const id = createClock(() => 0x0123456789ab).newId();
    expect(id).toMatch(uuid7);
    expect(id.startsWith("01234567-89ab-7")).toBe(true);
  });

  it("sort in the order in which they were made, thousands of them within one millisecond", () => {
    const clock = createClock(() => 1_772_444_460_000);
    const ids = Array.from({ length: 10_000 }, () => clock.newId());
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => uuid7.test(id))).toBe(true);
  });

  it("still sort when the time is set back", () => {
    let now = 2000;
    const clock = createClock(() => now);
    const before = clock.newId();
    now = 1000;
    expect(clock.newId() > before).toBe(true);
  });
});
