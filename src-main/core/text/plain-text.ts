import { harmless } from "#contract/harmless.ts";

const ESCAPE = "\u001b";
const BELL = "\u0007";

/** Colours and cursor movements (`ESC [ … letter`), titles and links (`ESC ] … BEL`), and what else an escape starts. */
const escapes = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?|.)?`,
  "g",
);

/** Text of a program, and of nobody else, as a person reads it: without what it said to a terminal. */
export function plainText(text: string): string {
  return harmless(text.replace(escapes, ""));
}
