import { invisible } from "#contract/harmless.ts";

/** A stranger's text as one line that can be shown anywhere, cut to `longest` characters. */
export function readable(text: string, longest: number): string {
  const line = text
    .slice(0, longest * 4)
    .replace(invisible, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
