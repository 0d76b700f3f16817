/** One more partition behind an image, entered into its own table. Pure: the image's head in, what to change out. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { imageNotPersonalisable } from "./errors.ts";
import type { Patch } from "./patches.ts";

const SECTOR_BYTES = 512;
const ALIGNMENT = 1024 ** 2;
const TABLE_OFFSET = 446;
const MBR_ENTRY_BYTES = 16;
const FAT32_LBA = 0x0c;
const PROTECTIVE = 0xee;
const HIGHEST_SECTOR = 0xffffffff;

const GPT_OFFSET = SECTOR_BYTES;
const GPT_HEADER_BYTES = 92;
const GPT_ENTRY_BYTES = 128;
/** Basic data, as its bytes lie on disk. */
const BASIC_DATA = Buffer.from("a2a0d0ebe5b9334487c068b6b72699c7", "hex");
const NAME = "FLOPPY";

export type Appended = {
  /** Where the partition begins; zeros lie between it and the image. */
  offset: number;
  /** What changes in the image. */
  patches: Patch[];
  /** What follows the partition: a GPT's second copy, or nothing. */
  after: Buffer;
};

type MbrEntry = { at: number; type: number; firstSector: number; sectors: number };

function mbrEntries(head: Buffer): MbrEntry[] {
  return [0, 1, 2, 3].map((index) => {
    const at = TABLE_OFFSET + index * MBR_ENTRY_BYTES;
    return {
      at,
      type: head.readUInt8(at + 4),
      firstSector: head.readUInt32LE(at + 8),
      sectors: head.readUInt32LE(at + 12),
    };
  });
}

function mbrEntry(type: number, firstSector: number, sectors: number): Buffer {
  const entry = Buffer.alloc(MBR_ENTRY_BYTES);
  // Cylinders, heads and sectors of before: too far for them.
  Buffer.from([0xfe, 0xff, 0xff, type, 0xfe, 0xff, 0xff]).copy(entry, 1);
  entry.writeUInt32LE(firstSector, 8);
  entry.writeUInt32LE(sectors, 12);
  return entry;
}

function appendToMbr(entries: MbrEntry[], offset: number, sizeBytes: number): Appended {
  const free = entries.find(({ type, sectors }) => type === 0 && sectors === 0);
  if (!free) throw imageNotPersonalisable("its partition table is full");
  const entry = mbrEntry(FAT32_LBA, offset / SECTOR_BYTES, sizeBytes / SECTOR_BYTES);
  return { offset, patches: [{ offset: free.at, bytes: entry }], after: Buffer.alloc(0) };
}

type Gpt = { header: Buffer; table: Buffer; tableOffset: number };

function readGpt(head: Buffer): Gpt {
  const header = Buffer.from(head.subarray(GPT_OFFSET, GPT_OFFSET + SECTOR_BYTES));
  const tableOffset = Number(header.readBigUInt64LE(72)) * SECTOR_BYTES;
  const tableBytes = header.readUInt32LE(80) * GPT_ENTRY_BYTES;
  const isUsual =
    header.toString("latin1", 0, 8) === "EFI PART" &&
    header.readUInt32LE(12) === GPT_HEADER_BYTES &&
    header.readUInt32LE(84) === GPT_ENTRY_BYTES &&
    tableOffset >= 2 * SECTOR_BYTES &&
    tableBytes > 0 &&
    tableOffset + tableBytes <= head.length;
  if (!isUsual) throw imageNotPersonalisable("its partition table is none that Floppy can add to");
  return { header, table: Buffer.from(head.subarray(tableOffset, tableOffset + tableBytes)), tableOffset };
}

function gptEntry(diskId: Buffer, firstSector: number, sectors: number): Buffer {
  const entry = Buffer.alloc(GPT_ENTRY_BYTES);
  BASIC_DATA.copy(entry);
  // The same image gives the same stick.
  createHash("sha256").update(diskId).update(NAME).digest().copy(entry, 16, 0, 16);
  entry.writeBigUInt64LE(BigInt(firstSector), 32);
  entry.writeBigUInt64LE(BigInt(firstSector + sectors - 1), 40);
  entry.write(NAME, 56, "utf16le");
  return entry;
}

type Places = { own: number; other: number; table: number; lastUsable: number };

/** A header for one of the two places, with its checksums. Places in sectors. */
function gptHeader(before: Buffer, table: Buffer, { own, other, table: at, lastUsable }: Places): Buffer {
  const header = Buffer.from(before);
  header.writeUInt32LE(0, 16);
  header.writeBigUInt64LE(BigInt(own), 24);
  header.writeBigUInt64LE(BigInt(other), 32);
  header.writeBigUInt64LE(BigInt(lastUsable), 48);
  header.writeBigUInt64LE(BigInt(at), 72);
  header.writeUInt32LE(crc32(table), 88);
  header.writeUInt32LE(crc32(header.subarray(0, GPT_HEADER_BYTES)), 16);
  return header;
}

function appendToGpt(head: Buffer, protective: MbrEntry, offset: number, sizeBytes: number): Appended {
  const { header, table, tableOffset } = readGpt(head);
  const free = Array.from(
    { length: table.length / GPT_ENTRY_BYTES },
    (_, index) => index * GPT_ENTRY_BYTES,
  ).find((at) => table.subarray(at, at + 16).every((byte) => byte === 0));
  if (free === undefined) throw imageNotPersonalisable("its partition table is full");
  const first = offset / SECTOR_BYTES;
  const sectors = sizeBytes / SECTOR_BYTES;
  gptEntry(header.subarray(56, 72), first, sectors).copy(table, free);
  const tableSectors = Math.ceil(table.length / SECTOR_BYTES);
  const copyAt = first + sectors;
  const last = copyAt + tableSectors;
  const lastUsable = copyAt - 1;
  const primary = gptHeader(header, table, {
    own: 1,
    other: last,
    table: tableOffset / SECTOR_BYTES,
    lastUsable,
  });
  const backup = gptHeader(header, table, { own: last, other: 1, table: copyAt, lastUsable });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Math.min(last, HIGHEST_SECTOR));
  const after = Buffer.alloc((tableSectors + 1) * SECTOR_BYTES);
  table.copy(after);
  backup.copy(after, tableSectors * SECTOR_BYTES);
  return {
    offset,
    patches: [
      { offset: protective.at + 12, bytes: length },
      { offset: GPT_OFFSET, bytes: primary },
      { offset: tableOffset, bytes: table },
    ],
    after,
  };
}

/**
 * `head` is the image's beginning, a MiB of it, and `imageBytes` its size. A GPT counts only where the MBR protects
 * it, as for the kernel and for firmware; hybrid images carry one beside an MBR of their own.
 */
export function appendPartition(head: Buffer, imageBytes: number, sizeBytes: number): Appended {
  if (head.length < ALIGNMENT || head.readUInt16LE(510) !== 0xaa55)
    throw imageNotPersonalisable("it has no partition table");
  const entries = mbrEntries(head);
  const offset = Math.ceil(imageBytes / ALIGNMENT) * ALIGNMENT;
  const protective = entries.find(({ type }) => type === PROTECTIVE);
  const reachesFurther = ({ firstSector, sectors }: MbrEntry) =>
    (firstSector + sectors) * SECTOR_BYTES > offset;
  if (!protective && entries.some(reachesFurther))
    throw imageNotPersonalisable("its partitions reach past its own end");
  if ((offset + sizeBytes) / SECTOR_BYTES > HIGHEST_SECTOR)
    throw imageNotPersonalisable("it is too large for one more partition");
  return protective
    ? appendToGpt(head, protective, offset, sizeBytes)
    : appendToMbr(entries, offset, sizeBytes);
}
