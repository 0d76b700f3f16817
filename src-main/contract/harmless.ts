/** The one rule for what strangers say: whatever is printed or logged, of whomever, has passed it. */

/**
 * What nobody sees: it steers a terminal (C0, C1), turns the reading direction, breaks a line unseen, or makes one text
 * look like another. A line end and a tab are among them.
 */
export const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

const harmful = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** What only colours goes as a whole. Of all else the words stay: text of ours may stand between its start and its end. */
const colours = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;:]*m`, "g");

/** A text, ours or a stranger's or made of both, without anything that is more than words, blanks and line ends. */
export function harmless(text: string): string {
  return text.replace(colours, "").replace(harmful, "");
}

/** A stranger's words as one line, so that they make no lines of their own among ours. */
export function oneLine(text: string): string {
  return harmless(text.replace(/[\s\u0085]/g, " "))
    .replace(/ +/g, " ")
    .trim();
}

/** A text within a line of a log: what it goes on with is set in, so that it does not look like a line of its own. */
export function setIn(text: string): string {
  return harmless(text).replaceAll("\n", "\n    ");
}

/** Every text within a value. */
export function harmlessWithin(value: unknown): unknown {
  if (typeof value === "string") return harmless(value);
  if (Array.isArray(value)) return value.map(harmlessWithin);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [harmless(name), harmlessWithin(inner)]),
  );
}

/** As JSON in one line that means the same, with what is harmful written as `\u202e`: a path stays that path. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(harmful, (one) =>
    Array.from({ length: one.length }, (_, at) => escaped(one.charCodeAt(at))).join(""),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
