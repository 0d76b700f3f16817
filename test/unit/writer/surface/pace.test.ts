import { describe, expect, it } from "vitest";
import { PaceMeter } from "../../../../src-main/writer/surface/pace.ts";

const MIB = 1024 ** 2;

/** 64 parts of one MiB at 20 MiB/s, but for some that take this long. */
function paceWith(slowParts: number, milliseconds: number): PaceMeter {
  const meter = new PaceMeter(64 * MIB);
  for (let part = 0; part < 64; part++) meter.add(MIB, part < slowParts ? milliseconds : 50);
  return meter;
}

describe("a drive’s pace", () => {
  it("is the usual and the slowest of its parts", () => {
    expect(paceWith(1, 500).pace()).toEqual({ slowest: 2 * MIB, median: 20 * MIB });
  });

  it("of a drive smaller than one part is that of all of it", () => {
    const meter = new PaceMeter(100);
    meter.add(512 * 1024, 100);
    expect(meter.pace()).toEqual({ slowest: 5 * MIB, median: 5 * MIB });
  });

  it.each([
    [0, 50, false],
    [3, 10_000, false],
    [4, 10_000, true],
    [64, 500, false],
    [64, 600, true],
  ])("with %d parts that take %d ms crawls: %s", (parts, milliseconds, crawls) => {
    expect(paceWith(parts, milliseconds).crawls()).toBe(crawls);
  });
});
