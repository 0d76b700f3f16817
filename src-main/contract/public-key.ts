/**
 * Whether a line of authorized_keys holds all of its key: the fields that its Base64 tells the lengths of fill it, and
 * the first one is the name of its kind. sshd passes over a line that is cut off, and nobody gets in.
 */
export function isWholeKey(line: string): boolean {
  const [kind = "", encoded = ""] = line.split(" ");
  if (encoded.length % 4 !== 0) return false;
  const bytes = decode(encoded);
  const fields: number[][] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.slice(at, at + 4).reduce((length, byte) => length * 256 + byte, 0);
    fields.push(bytes.slice(at + 4, end));
    at = end;
  }
  return at === bytes.length && String.fromCharCode(...(fields[0] ?? [])) === kind;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The page that checks a form has no Buffer, and Node's types are not the contract's. */
function decode(encoded: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at += 4) {
    const digits = [...encoded.slice(at, at + 4)].map((digit) => Math.max(0, DIGITS.indexOf(digit)));
    const group = digits.reduce((value, digit) => value * 64 + digit, 0);
    bytes.push(group >> 16, (group >> 8) & 0xff, group & 0xff);
  }
  return bytes.slice(0, bytes.length - (/=*$/.exec(encoded)?.[0].length ?? 0));
}
