import type { ImageFormat } from "#contract/images.ts";

/** How much of a file's beginning tells what it is: ISO 9660 and tar sign themselves late. */
export const SIGNATURE_BYTES = 4096;

export type Signature = { name: string; offset: number; bytes: string };

const decodable: (Signature & { format: ImageFormat })[] = [
  { format: "zst", name: "zstd", offset: 0, bytes: "28b52ffd" },
  { format: "gz", name: "gzip", offset: 0, bytes: "1f8b08" },
  { format: "xz", name: "xz", offset: 0, bytes: "fd377a585a00" },
  { format: "bz2", name: "bzip2", offset: 0, bytes: "425a683.314159265359" },
  { format: "bz2", name: "bzip2", offset: 0, bytes: "425a683.177245385090" },
  { format: "zip", name: "zip", offset: 0, bytes: "504b0304" },
  { format: "zip", name: "zip", offset: 0, bytes: "504b0506" },
];

/** What must never reach a drive as it is. Bytes in hexadecimal, `..` for any. */
const refused: Signature[] = [
  { name: "a part of a zip", offset: 0, bytes: "504b0708" },
  { name: "7-Zip", offset: 0, bytes: "377abcaf271c" },
  { name: "lz4", offset: 0, bytes: "04224d18" },
  { name: "lz4", offset: 0, bytes: "02214c18" },
  { name: "lzip", offset: 0, bytes: "4c5a4950" },
  { name: "lzma", offset: 0, bytes: "5d0000....ffffffffffffffff" },
  { name: "lzma", offset: 0, bytes: "5d0000..............000000" },
  { name: "lzop", offset: 0, bytes: "894c5a4f000d0a1a0a" },
  { name: "compress", offset: 0, bytes: "1f9d" },
  { name: "compress", offset: 0, bytes: "1fa0" },
  { name: "RAR", offset: 0, bytes: "526172211a07" },
  { name: "cabinet", offset: 0, bytes: "4d53434600000000" },
  { name: "tar", offset: 257, bytes: "7573746172" },
  { name: "cpio", offset: 0, bytes: "30373037303." },
  { name: "ar or Debian package", offset: 0, bytes: "213c617263683e0a" },
  { name: "Apple disk image", offset: 0, bytes: "6b6f6c7900000004" },
  { name: "qcow2", offset: 0, bytes: "514649fb" },
  { name: "VMDK", offset: 0, bytes: "4b444d56" },
  { name: "VMDK", offset: 0, bytes: "23204469736b204465736372697074" },
  { name: "VHD", offset: 0, bytes: "636f6e6563746978" },
  { name: "VHDX", offset: 0, bytes: "7668647866696c65" },
  { name: "VirtualBox VDI", offset: 64, bytes: "7f10dabe" },
  { name: "Android sparse image", offset: 0, bytes: "3aff26ed" },
  { name: "Windows image", offset: 0, bytes: "4d5357494d000000" },
  { name: "UF2", offset: 0, bytes: "5546320a" },
  { name: "ELF program", offset: 0, bytes: "7f454c46" },
  { name: "PDF", offset: 0, bytes: "255044462d" },
];

export type Detected = { kind: "format"; format: ImageFormat } | { kind: "refused"; name: string };

/**
 * What a file is, by its own bytes: names lie. `head` is the file's beginning, `tail` its last 512 bytes
 * (disk images of macOS sign themselves there). Raw images have no signature: whatever is nothing else is raw.
 */
export function detectFormat(head: Buffer, tail: Buffer): Detected {
  const found = decodable.find((signature) => matches(head, signature) || endsWithin(head, signature));
  if (found) return { kind: "format", format: found.format };
  if (startsWithSkippableZstdFrame(head)) return { kind: "format", format: "zst" };
  const wrong = refused.find((signature) => matches(head, signature));
  if (wrong) return { kind: "refused", name: wrong.name };
  if (tail.subarray(-512).toString("latin1").startsWith("koly")) {
    return { kind: "refused", name: "Apple disk image" };
  }
  return { kind: "format", format: "raw" };
}

export function matches(head: Buffer, { offset, bytes }: Signature): boolean {
  const found = head.subarray(offset, offset + Math.ceil(bytes.length / 2)).toString("hex");
  if (found.length < bytes.length) return false;
  return [...bytes].every((digit, index) => digit === "." || digit === found[index]);
}

/** Of a file that was cut off so early, four bytes are enough to say what it was. */
function endsWithin(head: Buffer, { offset, bytes }: Signature): boolean {
  if (offset > 0 || head.length < 4) return false;
  return matches(head, { name: "", offset, bytes: bytes.slice(0, head.length * 2) });
}

/** `pzstd` begins its files with one: 0x184D2A50 to 0x184D2A5F, little endian. */
function startsWithSkippableZstdFrame(head: Buffer): boolean {
  return head.length >= 4 && (head.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50;
}
