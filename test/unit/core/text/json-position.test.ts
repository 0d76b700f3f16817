import { describe, expect, test } from "vitest";
import { whereNotJson } from "#core/text/json-position.ts";

describe("a text stops being JSON", () => {
  test.each([
    ["<html>", "line 1, column 1"],
    ["", "line 1, column 1"],
    ['{"a": x}', "line 1, column 7"],
    ['{\n  "a": 1,\n  "b": 2,\n}', "line 4, column 1"],
    ['{\n  "a": 1\n  "b": 2\n}', "line 3, column 3"],
    ["{\n  'a': 1\n}", "line 2, column 3"],
    ['{"a": "one\ntwo"}', "line 1, column 7"],
    ["[1, 2", "line 1, column 6"],
    ["[1}", "line 1, column 3"],
    ["[01]", "line 1, column 3"],
    ['{"a" 1}', "line 1, column 6"],
    ['{"a": 1} and more', "line 1, column 10"],
    ['["\\x"]', "line 1, column 2"],
    ["[".repeat(5), "line 1, column 6"],
  ])("%j: %s", (text, place) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(whereNotJson(text)).toBe(place);
  });

  test("behind all of it, where nothing is wrong", () => {
    const texts = [
      "null",
      " -1.5e+3 ",
      '{"a": [1, {"b": []}, {}], "c\\u00e4\\"": "d"}\n',
      JSON.stringify({ a: [[[]]], b: { c: false } }),
    ];
    for (const text of texts) {
      JSON.parse(text);
      const lines = text.split("\n");
      expect(whereNotJson(`${text}!`)).toBe(
        `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`,
      );
    }
  });

  test("soon, however deep and long it is", () => {
    expect(whereNotJson("[".repeat(1_000_000))).toBe("line 1, column 1000001");
  });
});
