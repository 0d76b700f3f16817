/** What stands for bytes that are not UTF-8 where a name was read as text: no file can be found by it any more. */
const REPLACEMENT = "\u{fffd}";

export function isLossy(text: string): boolean {
  return text.includes(REPLACEMENT);
}
