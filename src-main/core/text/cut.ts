/** The beginning of a text, as a copy: a slice would keep all of what it was cut from in memory. */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).split("").join("");
}
