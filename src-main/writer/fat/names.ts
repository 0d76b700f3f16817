/** A name as FAT keeps it twice: eleven bytes for everyone, and the true one in entries before it. */
export const ENTRY_BYTES = 32;
export const LONG_NAME_ATTRIBUTES = 0x0f;

const CHARACTERS_PER_ENTRY = 13;
const LAST_LONG_ENTRY = 0x40;
/** Where an entry keeps its thirteen UTF-16 units. */
const unitOffsets = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/**
 * The eleven bytes for a long name, unlike all in `taken`. Names that fit (`floppy`) keep their letters,
 * others end in `~1`, `~2`, …
 */
export function shortName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf(".");
  const base = clean(dot > 0 ? name.slice(0, dot) : name);
  const extension = clean(dot > 0 ? name.slice(dot + 1) : "");
  const plain = pad(base, extension);
  const fits = base.length <= 8 && extension.length <= 3 && sameLetters(name, base, extension);
  if (fits && !taken.has(plain)) return plain;
  for (let number = 1; ; number += 1) {
    const tail = `~${number}`;
    const candidate = pad(base.slice(0, 8 - tail.length) + tail, extension);
    if (!taken.has(candidate)) return candidate;
  }
}

function clean(part: string): string {
  return part
    .toUpperCase()
    .replace(/[ .]/g, "")
    .replace(/[^A-Z0-9!#$%&'()@^_`{}~-]/g, "_");
}

function sameLetters(name: string, base: string, extension: string): boolean {
  return name.toUpperCase() === (extension ? `${base}.${extension}` : base);
}

function pad(base: string, extension: string): string {
  return base.slice(0, 8).padEnd(8) + extension.slice(0, 3).padEnd(3);
}

/** The entries that carry the true name; they lie right before the entry with the short one. */
export function longNameEntries(name: string, short: string): Buffer[] {
  const units = [...Buffer.from(name, "utf16le").values()];
  const count = Math.ceil(name.length / CHARACTERS_PER_ENTRY);
  const entries = Array.from({ length: count }, (_, index) => {
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt8(index + 1 === count ? (index + 1) | LAST_LONG_ENTRY : index + 1, 0);
    entry.writeUInt8(LONG_NAME_ATTRIBUTES, 11);
    entry.writeUInt8(shortNameSum(short), 13);
    unitOffsets.forEach((offset, unit) => {
      const at = (index * CHARACTERS_PER_ENTRY + unit) * 2;
      entry.writeUInt16LE(unitAt(units, at), offset);
    });
    return entry;
  });
  return entries.reverse();
}

/** After the last character comes one zero, then ones. */
function unitAt(units: number[], at: number): number {
  if (at < units.length) return (units[at] ?? 0) | ((units[at + 1] ?? 0) << 8);
  return at === units.length ? 0 : 0xffff;
}

/** Puts a long name together again from its entries, in the order in which they lie; null where they do not match. */
export function readLongName(entries: Buffer[], short: string): string | null {
  const sum = shortNameSum(short);
  const inOrder = entries.toReversed();
  const consistent = inOrder.every(
    (entry, index) => (entry.readUInt8(0) & 0x3f) === index + 1 && entry.readUInt8(13) === sum,
  );
  if (entries.length === 0 || !consistent) return null;
  const units = inOrder.flatMap((entry) => unitOffsets.map((offset) => entry.readUInt16LE(offset)));
  const end = units.indexOf(0);
  return String.fromCharCode(...(end < 0 ? units : units.slice(0, end)));
}

/** `IDENTI~1JSO` as it is typed: `IDENTI~1.JSO`. */
export function typedShortName(short: string): string {
  const base = short.slice(0, 8).trimEnd();
  const extension = short.slice(8).trimEnd();
  return extension ? `${base}.${extension}` : base;
}

function shortNameSum(short: string): number {
  return [...Buffer.from(short, "latin1").values()].reduce(
    (sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff,
    0,
  );
}
