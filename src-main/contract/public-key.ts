import { blobOf } from "./fingerprint.ts";

/**
 * Whether a line of authorized_keys holds all of its key: the fields that its Base64 tells the lengths of fill it, and
 * the first one is the name of its kind. sshd passes over a line that is cut off, and nobody gets in.
 */
export function isWholeKey(line: string): boolean {
  const fields = fieldsOf(line);
  return fields !== null && String.fromCharCode(...(fields[0] ?? [])) === line.split(" ")[0];
}

function fieldsOf(line: string): Uint8Array[] | null {
  try {
    const blob = blobOf(line);
    const lengths = new DataView(blob.buffer);
    const fields: Uint8Array[] = [];
    let at = 0;
    while (at < blob.length) {
      const end = at + 4 + lengths.getUint32(at);
      fields.push(blob.subarray(at + 4, end));
      at = end;
    }
    return at === blob.length ? fields : null;
  } catch {
    return null;
  }
}
