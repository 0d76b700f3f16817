import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const project = resolve(import.meta.dirname, "../../..");
const page = readFileSync(join(project, "docs/security.md"), "utf8");

/** The last cell of each row: `file`: name of the test. */
const rows = page
  .split("\n")
  .filter((line) => /^\|.*test\//.test(line))
  .map((line) => /`(?<file>test\/[^`]+)`: (?<name>.+?) *\|$/.exec(line)?.groups ?? { file: line, name: "" });

describe("every boundary of docs/security.md is held by a test that exists:", () => {
  it("there are some", () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows)("$name", ({ file = "", name = "" }) => {
    expect(existsSync(join(project, file)), `${file} is not there`).toBe(true);
    const source = readFileSync(join(project, file), "utf8");
    expect(source.includes(`"${name}"`), `${file} has no test “${name}”`).toBe(true);
  });
});
