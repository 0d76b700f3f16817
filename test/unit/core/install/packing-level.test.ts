import { describe, expect, it } from "vitest";
import { FIRST_LEVEL, nextLevel } from "#core/install/packing-level.ts";

/** Where it comes to rest on a connection, with a processor that packs a piece at each level in so long. */
function settled(sendMs: (level: number) => number, packMs: (level: number) => number): number {
  let level = FIRST_LEVEL;
  for (let piece = 0; piece < 20; piece += 1)
    level = nextLevel(level, { packMs: packMs(level), sendMs: sendMs(level), sideBySide: 2 });
  return level;
}

/** A piece of 16 MiB at each level: seconds of one core, and MB that are left of it. */
const usual: Record<number, [seconds: number, megabytes: number]> = {
  [-5]: [0.08, 9],
  1: [0.16, 7],
  3: [0.3, 6],
  6: [0.7, 5.5],
  9: [1.2, 5.2],
  12: [2.5, 5.1],
};
const on = (megabytesPerSecond: number, slowness = 1) =>
  settled(
    (level) => ((usual[level]?.[1] ?? 0) / megabytesPerSecond) * 1000,
    (level) => (usual[level]?.[0] ?? 0) * slowness * 1000,
  );

describe("the level at which is packed", () => {
  it("is high where the connection is slow, and low where it is quick", () => {
    expect(on(1)).toBe(12);
    expect(on(6)).toBe(9);
    expect(on(25)).toBe(3);
    expect(on(100)).toBe(-5);
  });

  it("is as low as this computer is slow", () => {
    expect(on(6, 4)).toBe(3);
    expect(on(6, 30)).toBe(-5);
  });

  it("stays where packing takes about as long as sending", () => {
    expect(nextLevel(6, { packMs: 1600, sendMs: 1000, sideBySide: 2 })).toBe(6);
  });

  it("is not told by a piece that went in no time", () => {
    expect(nextLevel(-5, { packMs: 10, sendMs: 0, sideBySide: 2 })).toBe(-5);
  });
});
