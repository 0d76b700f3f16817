import { expect, it } from "vitest";
import { cut } from "#core/text/cut.ts";

it("is the text itself where that is short enough, and its beginning where not", () => {
  expect(cut("floppy", 6)).toBe("floppy");
  expect(cut("floppy disk", 6)).toBe("floppy");
});

it("does not keep in memory what was left out", () => {
  const pieces: string[] = [];
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 200; count += 1) pieces.push(cut(`${count} ${"x".repeat(2 ** 20)}`, 100));
  expect(pieces.join("").length).toBe(200 * 100);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
});
