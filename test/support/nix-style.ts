/**
 * Whether nix code is laid out as nixpkgs-fmt lays it out, as far as lines and characters tell; nixpkgs-fmt itself
 * is in no package that tests can install.
 */

type Place = "code" | "comment" | "string" | "indented string" | "interpolation" | "braces";

/** What is to be read where, in this order: the text, and the place that it leads into or out of. */
const SIGNS: Record<Place, [RegExp, Place | "out" | null][]> = {
  code: [
    [/^#/, "comment"],
    [/^''/, "indented string"],
    [/^"/, "string"],
    [/^\$\{/, "interpolation"],
  ],
  comment: [[/^(?=\n)/, "out"]],
  string: [
    [/^\\./s, null],
    [/^\$\{/, "interpolation"],
    [/^"/, "out"],
  ],
  "indented string": [
    [/^('''|''\$|''\\.)/s, null],
    [/^\$\{/, "interpolation"],
    [/^''/, "out"],
  ],
  interpolation: [
    [/^''/, "indented string"],
    [/^"/, "string"],
    [/^\{/, "braces"],
    [/^\}/, "out"],
  ],
  braces: [
    [/^''/, "indented string"],
    [/^"/, "string"],
    [/^\{/, "braces"],
    [/^\}/, "out"],
  ],
};

/** The code with everything that may look as it likes (strings, comments) blacked out. */
function blackOut(source: string): string {
  const places: Place[] = ["code"];
  let result = "";
  let at = 0;
  while (at < source.length) {
    const place = places.at(-1) ?? "code";
    const rest = source.slice(at, at + 4);
    const [sign, next] = SIGNS[place].find(([pattern]) => pattern.test(rest)) ?? [/^./s, null];
    const text = sign.exec(rest)?.[0] ?? "";
    const isCode = place === "code" && next === null;
    result += isCode ? text : text.replaceAll(/[^\n]/g, "█");
    at += text.length;
    if (next === "out") places.pop();
    else if (next) places.push(next);
  }
  return result;
}

const ANYWHERE: [string, RegExp][] = [
  ["a tab", /\t/],
  ["a space at the end", / $/],
];
const IN_CODE: [string, RegExp][] = [
  ["an odd indentation", /^( {2})* [^ ]/],
  ["no space around =", /[^ =!<>]=|=(?![ =]|$)/],
  ["no space inside brackets", /\[(?![ {[]|$)|[^ }\]]\]/],
  ["no space inside braces", /\{(?! |$)|[^ ]\}/],
  ["a space before ;", / ;/],
  ["no space after , or ;", /[,;](?! |$)/],
];

/** What is not as it should be, each with its line. */
export function styleProblems(source: string, maxLines: number): string[] {
  const find = (text: string, faults: [string, RegExp][]) =>
    text
      .split("\n")
      .flatMap((line, index) =>
        faults
          .filter(([, pattern]) => pattern.test(line.replace(/^█.*/, "")))
          .map(([name]) => `${index + 1}: ${name}`),
      );
  const lines = source.split("\n").length - 1;
  return [
    ...find(source, ANYWHERE),
    ...find(blackOut(source), IN_CODE),
    ...(/\n{3}|^\n/.test(source) ? ["two empty lines"] : []),
    ...(/[^\n]\n$/.test(source) ? [] : ["no single newline at the end"]),
    ...(lines > maxLines ? [`${lines} lines`] : []),
  ];
}
