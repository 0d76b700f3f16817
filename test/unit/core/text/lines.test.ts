import fc from "fast-check";
import { expect, it } from "vitest";
import { createLineSplitter, LINE_LIMIT } from "#core/text/lines.ts";

function linesOf(...chunks: string[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

it.each([
  [["one\ntwo\n"], ["one", "two"]],
  [
    ["on", "e\nt", "wo"],
    ["one", "two"],
  ],
  [["10 %\r20 %\r\ndone"], ["10 %", "20 %", "done"]],
  [["\n\r\n   \n"], []],
  [["\u001b[3", "1mred\u001b[0m\n"], ["red"]],
  [["  indented"], ["  indented"]],
])("makes of %j the lines %j", (chunks, lines) => {
  expect(linesOf(...chunks)).toEqual(lines);
});

it("cuts a long line, says so, and goes on with the next", () => {
  const [long = "", next] = linesOf(...("x".repeat(100_000).match(/.{1000}/g) ?? []), "\nnext\n");
  expect(long).toHaveLength(LINE_LIMIT);
  expect(long.endsWith("x…")).toBe(true);
  expect(next).toBe("next");
});

it("finds the same lines however the text is cut into pieces", () => {
  const text = fc.array(fc.constantFrom("a", "b c", "\n", "\r", "\u001b[1m", "磁"), { maxLength: 40 });
  fc.assert(
    fc.property(text, (pieces) => {
      expect(linesOf(...pieces)).toEqual(linesOf(pieces.join("")));
    }),
  );
});
