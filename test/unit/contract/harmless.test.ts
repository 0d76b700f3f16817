import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorData, FloppyError, toErrorData } from "#contract/errors.ts";
import { harmless, harmlessJson, harmlessWithin, oneLine, setIn } from "#contract/harmless.ts";
import { logLine } from "#contract/runs.ts";
import { hostile } from "../../support/hostile/from-schema.ts";
import { escapes, harmfulIn, hostileText } from "../../support/hostile/words.ts";

describe("a text of whomever", () => {
  it.each(escapes)("comes through without %j, and what stands around it stays", (steering) => {
    const text = harmless(`This will be erased: ${steering} (32 GB)${steering}, serial 42.`);
    expect(harmfulIn(text)).toEqual([]);
    expect(text).toContain("This will be erased: ");
    expect(text).toContain(" (32 GB)");
    expect(text).toContain(", serial 42.");
  });

  it("has nothing harmful in it any more, whatever it was made of", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(harmfulIn(harmless(text))).toEqual([]);
        expect(harmless(harmless(text))).toBe(harmless(text));
      }),
    );
  });

  it.each(["naïve 磁盘 😀 שלום", "tab\tand\nline", "“quoted” — dashed…", "100 % of [31m"])(
    "of words is left as it is: %j",
    (text) => {
      expect(harmless(text)).toBe(text);
    },
  );

  it("loses its colours as a whole", () => {
    expect(harmless("\u001b[0;31m● unit\u001b[0m failed")).toBe("● unit failed");
  });

  it("makes no line of its own where it is one word among others", () => {
    expect(oneLine("Ultra\n\nNothing will be erased.\u0085\u2028")).toBe("Ultra Nothing will be erased.");
    expect(setIn("one\n2026-03-02 verified")).toBe("one\n    2026-03-02 verified");
  });
});

describe("JSON of whomever", () => {
  it("is one line of nothing but words, and means the same", () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, fc.array(hostileText)), (value) => {
        const text = harmlessJson(value);
        expect(harmfulIn(text)).toEqual([]);
        expect(text).not.toMatch(/[\n\t]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("an error that crosses a door", () => {
  it("has sentences that are harmless wherever they are quoted", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { message, hint } = new FloppyError("NIX_FAILED", text, text);
        expect(harmfulIn(message + hint)).toEqual([]);
      }),
    );
  });

  it("is harmless in message, hint and all details, however deep", () => {
    fc.assert(
      fc.property(
        hostileText,
        hostileText,
        fc.dictionary(hostileText, fc.anything({ values: [hostileText] })),
        (message, hint, details) => {
          for (const thrown of [new FloppyError("NIX_FAILED", message, hint, details), new Error(message)])
            expect(harmfulIn(everyText(toErrorData(thrown)))).toEqual([]);
        },
      ),
    );
  });

  it("is so as well where a program, or another process, made it", () => {
    const failed = Object.assign(new Error("\u001b[2J"), {
      command: "nix",
      exitCode: 1,
      stderr: "\u009b2J no",
    });
    expect(harmfulIn(everyText(toErrorData(failed)))).toEqual([]);
    fc.assert(
      fc.property(hostile(errorData), (told) => {
        expect(harmfulIn(everyText(errorData.parse(told)))).toEqual([]);
      }),
    );
  });
});

it("a line of a log that an older Floppy wrote is cleaned when it is read", () => {
  const at = "2026-03-02T09:00:00.000Z";
  const read = logLine.parse({ at, phase: null, level: "info", text: "\u001b]52;c;aGFybQ==\u0007done" });
  expect(read.text).toBe("]52;c;aGFybQ==done");
});

it("a value keeps what is no text", () => {
  expect(harmlessWithin({ a: [1, null, true, "x\u0000"] })).toEqual({ a: [1, null, true, "x"] });
});

/** All texts within a value, its names too; JSON would have escaped them. */
function everyText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${everyText(inner)}`)
    .join(" ");
}
