/** What an .xz asks of its decoder: filters came to the format with time, and an older one knows only the first. */

type LaterFilter = { name: string; since: string };

/** By their ids: for whose programs, and the first xz that unpacks them. */
const later = new Map<number, LaterFilter>([
  [0x0a, { name: "the ARM64 filter", since: "xz 5.4 or newer" }],
  [0x0b, { name: "the RISC-V filter", since: "xz 5.6 or newer" }],
]);
/** LZMA2, delta, and those for programs of x86, PowerPC, IA-64, ARM, ARM-Thumb and SPARC. */
const LAST_OF_OLD = 0x09;
const LZMA2 = 0x21;

/** The longest header that a block has, by its first byte. */
export const BLOCK_HEADER_BYTES = 1024;

/** The ids in a block's header; null where it is none. */
function filterIds(header: Buffer): number[] | null {
  let at = 2;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; at < header.length; factor *= 0x80) {
      const byte = header.readUInt8(at++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  const flags = header[1] ?? 0;
  for (const told of [0x40, 0x80]) if (flags & told) next();
  const ids = Array.from({ length: (flags & 3) + 1 }, () => {
    const id = next();
    at += next();
    return id;
  });
  return ids.every(Number.isSafeInteger) ? ids : null;
}

/** Which filters of a block an older decoder may lack, and what to install for them; null where it has none of those. */
export function laterFilters(header: Buffer): LaterFilter | null {
  const unknown = filterIds(header)?.find((id) => id > LAST_OF_OLD && id !== LZMA2);
  if (unknown === undefined) return null;
  return later.get(unknown) ?? { name: `a filter of the kind ${unknown}`, since: "a newer xz" };
}
