/** Where what a drive was before still signs it, once something shorter than the drive was written to it. */
import type { Partition } from "../image/partitions.ts";

export type Place = { offset: number; length: number };

/** Places begin and end at multiples of the alignment. */
export type Room = { sizeBytes: number; alignment: number };

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** All that signs at a beginning does it in here; LUKS goes furthest, with a second header after 4 MiB. */
const FRONT_BYTES = 8 * MIB;
/**
 * The same at an end: of RAIDs Promise's goes furthest, 1.5 MiB before it. A partition that a system lets grow to the
 * drive's end stops up to a MiB before it, and bcachefs signs a MiB before that.
 */
const END_BYTES = 2 * MIB + 256 * KIB;
/** Btrfs keeps copies of its superblock, counted from its beginning. */
const btrfsCopies = [64 * MIB, 256 * GIB];
const BTRFS_BYTES = 4096;

export const wholeOf = ({ sizeBytes }: Room): Partition => ({ offset: 0, sizeBytes });

/**
 * What to blank so that nothing old signs these partitions, or the drive as one: ascending, apart from each other, and
 * behind the bytes that are written over anyway, from the drive's beginning on.
 */
export function residuePlaces(partitions: Partition[], room: Room, coveredBytes: number): Place[] {
  const down = (bytes: number) => Math.floor(bytes / room.alignment) * room.alignment;
  const [least, most] = [down(coveredBytes), down(room.sizeBytes)];
  const clipped = ({ offset, length }: Place): Place => {
    const start = Math.max(least, down(offset));
    const end = Math.min(most, -down(-offset - length));
    return { offset: start, length: end - start };
  };
  const places = partitions.flatMap((partition) => signedPlaces(partition, room.sizeBytes));
  return joined(places.map(clipped).filter(({ length }) => length > 0));
}

/** The kernel cuts off what reaches past the drive. */
function signedPlaces({ offset, sizeBytes }: Partition, driveBytes: number): Place[] {
  const end = Math.min(offset + sizeBytes, driveBytes);
  const from = (start: number, length: number) => ({ offset: start, length: Math.min(length, end - start) });
  return [
    from(offset, FRONT_BYTES),
    ...btrfsCopies.map((copy) => from(offset + copy, BTRFS_BYTES)),
    from(Math.max(offset, end - END_BYTES), END_BYTES),
  ];
}

function joined(places: Place[]): Place[] {
  const apart: Place[] = [];
  for (const { offset, length } of places.toSorted((one, other) => one.offset - other.offset)) {
    const last = apart.at(-1);
    if (!last || last.offset + last.length < offset) apart.push({ offset, length });
    else last.length = Math.max(last.length, offset + length - last.offset);
  }
  return apart;
}
