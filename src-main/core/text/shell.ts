import { FloppyError } from "#contract/errors.ts";

/** Means itself in every POSIX shell; in the first place a `=` would set a variable, a `-` be an option of `sh -c`. */
const harmlessProgram = /^[A-Za-z0-9_/.][A-Za-z0-9_/:.,@+-]*$/;
const harmlessArgument = /^[A-Za-z0-9_/:.,@+-][A-Za-z0-9_/:.,@+=-]*$/;
const keywords = new Set(
  "case coproc do done elif else esac fi for function if in select then time until while".split(" "),
);

/**
 * The line that makes a POSIX shell run exactly these words: each part is one argument, whatever is in it.
 * Words that need no quotes get none, so that the line can be read.
 */
export function shellQuote(argv: readonly string[]): string {
  if (argv.length === 0) throw unspeakable("it is empty");
  if (argv.some((word) => word.includes("\0"))) throw unspeakable("it holds a NUL");
  return argv.map((word, index) => (isHarmless(word, index) ? word : quote(word))).join(" ");
}

/** One argument within a line that is written by hand. */
export function shellWord(word: string): string {
  if (word.includes("\0")) throw unspeakable("it holds a NUL");
  return harmlessArgument.test(word) ? word : quote(word);
}

function isHarmless(word: string, index: number): boolean {
  return index === 0 ? harmlessProgram.test(word) && !keywords.has(word) : harmlessArgument.test(word);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function unspeakable(reason: string): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    `A command for the target cannot be put into words: ${reason}.`,
    "Nothing was run.",
  );
}
