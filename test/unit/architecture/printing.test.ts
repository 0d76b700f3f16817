import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const printing = /\bconsole\.|process\.std(?:out|err)\b|process\.emitWarning|stdio: "inherit"/;

/** Each passes what it prints through the one rule, or prints Floppy's own words alone. */
const mayPrint = [
  // The terminal itself, behind `wordsOnly`.
  "src-main/cli/main.ts",
  "src-main/cli/terminal.ts",
  // Its errors are error data, which is harmless.
  "src-main/station/main.ts",
  "src-main/station/open-browser.ts",
  "src-main/adapters/last-words.ts",
  "src-main/adapters/inventory/inventory.ts",
  // To the pipe of whoever started it.
  "src-main/writer/main.ts",
  "src-main/launch/floppy.mjs",
  "src-main/launch/program.mjs",
  "src-main/launch/start.mjs",
];

it("nothing prints but what is held to the rule for it", () => {
  const files = globSync("{src-main,src-renderer}/**/*.{ts,tsx,mjs}", { cwd: root });
  const found = files.filter((file) => printing.test(readFileSync(join(root, file), "utf8")));
  expect(found.toSorted()).toEqual(mayPrint.toSorted());
});
