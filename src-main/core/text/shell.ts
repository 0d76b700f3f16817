const harmless = /^[A-Za-z0-9@%+=:,./_-]+$/;

/** One word of a POSIX shell's command line that stands for exactly this text. */
export function shellWord(text: string): string {
  return harmless.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A POSIX shell's command line that runs a program with exactly these arguments. */
export function shellQuote(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}
