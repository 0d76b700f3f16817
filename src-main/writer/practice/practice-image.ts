/** The image to practise with: laid out as a host's own, small, and the same bytes every time. Pure. */
import { crc32 } from "node:zlib";
import type { PracticeJob } from "#contract/writer.ts";
import { formatFat16 } from "../fat/format.ts";
import { putFiles } from "../fat/put-files.ts";
import { partitionRecord } from "../table/mbr.ts";
import { markPractice } from "./mark.ts";

type Planned = { label: string; sizeBytes: number };

/** What has bytes other than zero, in its order; between them the image is empty. */
export type PracticeImage = { sizeBytes: number; parts: { offset: number; bytes: Buffer }[] };

const MIB = 1024 ** 2;
const SECTOR_BYTES = 512;
const FAT16_LBA = 0x0e;
/** FAT's first day: the same bytes every time. */
const TIMESTAMP = new Date(Date.UTC(1980, 0, 1));

/** A card's identity goes into FIRMWARE; a stick's into a partition that is put behind the installer's. */
const layouts: Record<PracticeJob["medium"], { offset: number; partitions: Planned[] }> = {
  card: {
    offset: 8 * MIB,
    partitions: [
      { label: "FIRMWARE", sizeBytes: 32 * MIB },
      { label: "ROOT", sizeBytes: 128 * MIB },
    ],
  },
  stick: { offset: MIB, partitions: [{ label: "INSTALLER", sizeBytes: 128 * MIB }] },
};

const NOTE = [
  "This medium was written to practise with Floppy.",
  "It holds no system: no device starts from it.",
  "",
].join("\r\n");

function volumeOf({ label, sizeBytes }: Planned): Buffer {
  const volume = formatFat16(sizeBytes, label, crc32(label));
  const note = { path: "PRACTICE.TXT", content: Buffer.from(NOTE) };
  for (const { offset, bytes } of putFiles([{ offset: 0, bytes: volume }], [note], TIMESTAMP))
    bytes.copy(volume, offset);
  return volume;
}

export function practiceImage(medium: PracticeJob["medium"]): PracticeImage {
  const layout = layouts[medium];
  let end = layout.offset;
  const volumes = layout.partitions.map((planned) => {
    const offset = end;
    end += planned.sizeBytes;
    return { offset, bytes: volumeOf(planned) };
  });
  const table = volumes.map(({ offset, bytes }) => ({
    type: FAT16_LBA,
    start: offset / SECTOR_BYTES,
    length: bytes.length / SECTOR_BYTES,
  }));
  const head = partitionRecord(table, crc32(medium));
  markPractice(head);
  return { sizeBytes: end, parts: [{ offset: 0, bytes: head }, ...volumes.flatMap(filledParts)] };
}

/** The pieces of a file system that hold something. */
function filledParts({ offset, bytes }: { offset: number; bytes: Buffer }): PracticeImage["parts"] {
  const empty = Buffer.alloc(MIB);
  const pieces = Array.from({ length: bytes.length / MIB }, (_, index) => ({
    offset: offset + index * MIB,
    bytes: bytes.subarray(index * MIB, (index + 1) * MIB),
  }));
  return pieces.filter((piece) => !piece.bytes.equals(empty));
}
