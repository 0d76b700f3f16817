const ESCAPE = "\u001b";
const BELL = "\u0007";

/** Colours and cursor movements (`ESC [ … letter`), titles and links (`ESC ] … BEL`), and what else an escape starts. */
const escapes = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?|.)?`,
  "g",
);
const controls = /[^\P{Cc}\n\t]/gu;
/** What turns the reading direction or breaks a line unseen: it can make a text look like another one. */
const deceivers = /[\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Text of a program as a person reads it. */
export function plainText(text: string): string {
  return text.replace(escapes, "").replace(controls, "").replace(deceivers, "");
}
