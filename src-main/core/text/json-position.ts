/** Where a text stops being JSON. Node's own message names the place for some mistakes only, and quotes the text. */

const blanks = /[ \t\n\r]*/y;
const token =
  /(?:([{}[\]:,])|"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;

/** What may come next: a value, its end, a name, … */
type Expected = "value" | "first value" | "name" | "first name" | "colon" | "more" | "end";
type Step = { expected: Expected; open: string };

function afterValue(open: string): Expected {
  return open === "" ? "end" : "more";
}

function close({ open }: Step): Step {
  const outer = open.slice(0, -1);
  return { expected: afterValue(outer), open: outer };
}

const isValue = (expected: Expected) => expected === "value" || expected === "first value";
const isName = (expected: Expected) => expected === "name" || expected === "first name";

const openings: Record<string, { opens: string; first: Expected }> = {
  "}": { opens: "{", first: "first name" },
  "]": { opens: "[", first: "first value" },
};

function closes(sign: string, { expected, open }: Step): boolean {
  const opening = openings[sign];
  if (opening?.opens !== open.at(-1)) return false;
  return expected === "more" || expected === opening?.first;
}

/** What is expected behind a sign, or null where it may not stand. `open` holds the brackets around it. */
function behindSign(sign: string, step: Step): Step | null {
  const { expected, open } = step;
  if (sign === "{" && isValue(expected)) return { expected: "first name", open: `${open}{` };
  if (sign === "[" && isValue(expected)) return { expected: "first value", open: `${open}[` };
  if (sign === ":" && expected === "colon") return { expected: "value", open };
  if (sign === "," && expected === "more") return { expected: open.at(-1) === "{" ? "name" : "value", open };
  return open !== "" && closes(sign, step) ? close(step) : null;
}

function behindWord(word: string, { expected, open }: Step): Step | null {
  if (isName(expected)) return word.startsWith('"') ? { expected: "colon", open } : null;
  return isValue(expected) ? { expected: afterValue(open), open } : null;
}

/** The offset of the first character that no JSON can have there; the text's length where something is missing. */
function stopsAt(text: string): number {
  let step: Step = { expected: "value", open: "" };
  let end = 0;
  for (;;) {
    blanks.lastIndex = end;
    blanks.test(text);
    const start = blanks.lastIndex;
    token.lastIndex = start;
    const found = token.exec(text);
    const next = found && (found[1] ? behindSign(found[1], step) : behindWord(found[0], step));
    if (!next) return start;
    step = next;
    end = token.lastIndex;
  }
}

/** As `line 3, column 5`. */
export function whereNotJson(text: string): string {
  const before = text.slice(0, stopsAt(text)).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
