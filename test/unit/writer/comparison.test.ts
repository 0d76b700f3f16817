import { describe, expect, it } from "vitest";
import { Comparison } from "../../../src-main/writer/comparison.ts";

/** What it decides for drives whose chunks are the same (`=`) or not (`x`): c(ompare), p(robe), w(rite). */
function decide(comparison: Comparison, chunks: string): string {
  return [...chunks]
    .map((chunk) => {
      const step = comparison.next();
      const share = chunk === "=" ? 1 : 0;
      if (step === "compare" || (step === "probe" && share === 1)) comparison.found(share);
      return step.charAt(0);
    })
    .join("");
}

describe("the comparison with old content", () => {
  it("is left alone in full mode, and never in difference mode", () => {
    expect(decide(new Comparison("full"), "==xx==")).toBe("wwwwww");
    expect(decide(new Comparison("difference"), "xxxx==")).toBe("cccccc");
  });

  it("begins with the first block that is the same", () => {
    expect(decide(new Comparison("auto"), "=====")).toBe("pcccc");
  });

  it("looks less and less often where nothing is the same", () => {
    const steps = decide(new Comparison("auto"), "x".repeat(200));
    expect(steps).not.toContain("c");
    expect(steps.slice(0, 14)).toBe("pwpwwpwwwwpwww");
    expect(steps.split("p").length - 1).toBeLessThan(17);
  });

  it("goes on over single differences, and ends after two in a row", () => {
    expect(decide(new Comparison("auto"), "==x==x==xx===")).toMatch(/^p(c{9})[^c]/);
  });

  it("comes back where the old content is the same again", () => {
    expect(decide(new Comparison("auto"), `==${"x".repeat(40)}${"=".repeat(30)}`)).toMatch(/c{4}$/);
  });
});
