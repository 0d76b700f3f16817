import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellQuote } from "#core/text/shell.ts";

const character = fc.oneof(
  fc.constantFrom(..."'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\r-"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
);
const word = fc
  .oneof(
    fc.string({ unit: character, maxLength: 12 }),
    fc.constantFrom("$(reboot)", "`id`", "$HOME", "a=b", "if", "-n", "--", "~root", "\\'"),
  )
  .filter((text) => !text.includes("\0"));

/** What a shell makes of the lines: the words of each, counted by the shell itself. */
function wordsBack(shell: string, lines: string[]): string[][] {
  const script = ["tell() { printf '%s\\0' $# \"$@\"; }", ...lines.map((line) => `tell ${line}`)].join("\n");
  const told = execFileSync(shell, { input: script, encoding: "utf8" }).split("\0");
  const words: string[][] = [];
  for (let at = 0; at < told.length - 1; at += Number(told[at]) + 1) {
    words.push(told.slice(at + 1, at + 1 + Number(told[at])));
  }
  return words;
}

it.each(["sh", "bash"])("a real %s finds exactly the words that were meant, whatever is in them", (shell) => {
  const line = fc.array(word, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(line, { minLength: 50, maxLength: 50 }), (meant) => {
      expect(wordsBack(shell, meant.map(shellQuote))).toEqual(meant);
    }),
    { numRuns: 20 },
  );
});

it.each(["if", "time", "a=b", "{", "!", "%1", "~", "-x", "$(reboot)", "no such program"])(
  "a real sh takes %j in the first place for a program's name",
  (name) => {
    const line = `${shellQuote([name])} 2>/dev/null; echo $?`;
    expect(execFileSync("/bin/sh", ["-c", line], { encoding: "utf8", env: { PATH: "/nowhere" } })).toBe(
      "127\n",
    );
  },
);
