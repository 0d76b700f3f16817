import { expect, test } from "vitest";
import { canDrawOn } from "../../../src-main/cli/terminal.ts";

const terminal = { isTTY: true };

test.each([
  ["on a terminal", terminal, { TERM: "xterm-256color" }, true],
  ["on the console", terminal, { TERM: "linux" }, true],
  ["where no colours are wanted: it draws in none", terminal, { TERM: "xterm", NO_COLOR: "1" }, true],
  ["where CI is said not to be", terminal, { TERM: "xterm", CI: "false" }, true],
  ["on a terminal that knows no cursor", terminal, { TERM: "dumb" }, false],
  ["on one of which nobody knows anything", terminal, { TERM: "unknown" }, false],
  ["where no terminal is named", terminal, {}, false],
  ["where its name is empty", terminal, { TERM: "" }, false],
  ["on a build server", terminal, { TERM: "xterm", CI: "true" }, false],
  ["in a pipe", {}, { TERM: "xterm" }, false],
])("a progress bar is drawn over %s: %o %o %s", (_where, stream, env, drawn) => {
  expect(canDrawOn(stream, env)).toBe(drawn);
});
