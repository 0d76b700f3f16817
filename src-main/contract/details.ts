/** What an error knows beside its two sentences, in lines for people. Both doors show it by this, and nothing else. */
import type { ErrorData } from "./errors.ts";

/** What a program wrote: its lines speak for themselves, so they come last and without a name. */
const written = new Set(["log", "lines", "stderr", "stack"]);

const secretName = /^(passphrase|password|psk|privateKey|secrets?|token)$/i;
const secrets: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "(a private key)"],
  [
    /(\\*"(?:passphrase|password|psk|privateKey|token)\\*"\s*:\s*)\\*"(?:[^"\\]|\\(?!"))*(?:\\*"|$)/gi,
    "$1(a secret)",
  ],
  [/\bpsk=.*/g, "psk=(a secret)"],
  [/(:\/\/[^/\s:@]*):[^/\s@]*@/g, "$1:…@"],
];

function withoutSecrets(text: string): string {
  return secrets.reduce((rest, [secret, instead]) => rest.replace(secret, instead), text);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(textOf).join("\n");
  if (typeof value !== "object") return String(value);
  const told = Object.entries(value).filter(([name]) => !secretName.test(name));
  return told.map(([name, inner]) => `${wordsOf(name)} ${textOf(inner)}`).join(", ");
}

/** As `exit code` for `exitCode`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function linesOf(value: unknown): string[] {
  return withoutSecrets(textOf(value))
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

function factLines(name: string, value: unknown): string[] {
  const [first, ...more] = linesOf(value);
  if (first === undefined) return [];
  if (more.length === 0) return [`${wordsOf(name)}: ${first}`];
  return [`${wordsOf(name)}:`, ...[first, ...more].map((line) => `  ${line}`)];
}

/** Lines that message and hint do not say already; where a program failed inside, only on request. */
export function detailLines({ message, hint, details }: ErrorData, { stack = false } = {}): string[] {
  const said = `${message}\n${hint}`;
  const isSaid = (value: unknown) => linesOf(value).every((line) => said.includes(line));
  const told = Object.entries(details).filter(
    ([name, value]) => !secretName.test(name) && (stack || name !== "stack") && !isSaid(value),
  );
  return [
    ...told.filter(([name]) => !written.has(name)).flatMap(([name, value]) => factLines(name, value)),
    ...told.filter(([name]) => written.has(name)).flatMap(([, value]) => linesOf(value)),
  ];
}

/** Whether a program's own words are among them: what to read next. */
export function hasOutput({ details }: ErrorData): boolean {
  return Object.entries(details).some(
    ([name, value]) => written.has(name) && name !== "stack" && linesOf(value).length > 0,
  );
}
