/** What a stranger may say, and how to see whether any of it got through. Knows nothing of how Floppy cleans it. */
import fc from "fast-check";

const ESC = "\u001b";
const BELL = "\u0007";

/** Each steers a terminal, or a reader. */
export const escapes = [
  `${ESC}]52;c;aGFybQ==${BELL}`,
  `${ESC}]0;title${ESC}\\`,
  `${ESC}]8;;https://example.org${BELL}`,
  `${ESC}[2J${ESC}[1;1H`,
  `${ESC}[31m`,
  `${ESC}P+q544e${ESC}\\`,
  `${ESC}_app${ESC}\\`,
  `${ESC}c`,
  `${ESC}]`,
  `${ESC}[`,
  ESC,
  "\u009b2J",
  "\u009d52;c;aGFybQ==\u009c",
  "\u0090q\u009c",
  "\u0085",
  "\r",
  "\b\b",
  "\0",
  "\u007f",
  "\v\f",
  "\u202e",
  "\u2066",
  "\u200f",
  "\u061c",
  "\u200b",
  "\u200d",
  "\u00ad",
  "\u2060",
  "\ufeff",
  "\u2028",
  "\u2029",
  "\u034f",
  "\u3164",
  "\ufe0f",
  "\u{e0041}",
  "\u{e0101}",
];

const plain = fc.constantFrom("SanDisk", "robot", "磁盘", "é", " ", "\n", "\t", "42", "\ud83d\ude00");

export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...escapes), plain, fc.string({ unit: "binary", maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `${parts.join("")}${ESC}]52;c;aGFybQ==${BELL}\u202e\u009b`);

/** Ranges by the standards' tables: C0 but for tab and line end, DEL, C1, and all that nobody sees. */
const harmfulRanges: [number, number][] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/** The code points of a text that must not have come through, as `U+001B`. */
export function harmfulIn(text: string): string[] {
  return [...text]
    .map((letter) => letter.codePointAt(0) ?? 0)
    .filter((point) => harmfulRanges.some(([from, to]) => point >= from && point <= to))
    .map((point) => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`);
}
