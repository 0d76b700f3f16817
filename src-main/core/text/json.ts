/** Editors of some systems begin a text with this mark, which is no part of it. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

/** What a person's JSON file says. */
export function parseJson(text: string): unknown {
  return JSON.parse(withoutMark(text));
}
