import { FatError } from "./errors.ts";
import type { FatGeometry } from "./geometry.ts";
import {
  ENTRY_BYTES,
  LONG_NAME_ATTRIBUTES,
  longNameEntries,
  readLongName,
  shortName,
  typedShortName,
} from "./names.ts";
import type { AllocationTable } from "./table.ts";
import type { Volume } from "./volume.ts";

export type Entry = {
  /** The long name where there is one, else the short one. */
  name: string;
  /** The eleven bytes, as Latin-1. */
  short: string;
  isDirectory: boolean;
  cluster: number;
  bytes: number;
  /** The slots that it takes, its long name's included. */
  slots: number[];
};

/** What a new entry says; the date and time as FAT packs them. */
export type NewEntry = { name: string; attributes: number; cluster: number; bytes: number; stamp: Stamp };
export type Stamp = { date: number; time: number };

export const attributes = { directory: 0x10, archive: 0x20 } as const;

const VOLUME_LABEL = 0x08;
const NEVER_USED = 0x00;
const DELETED = 0xe5;
/** A name that truly begins with 0xE5 is kept with this instead. */
const ESCAPED_E5 = 0x05;

/** One directory: a row of 32-byte slots, in the root's own area or in a chain of clusters. */
export class Directory {
  readonly #volume: Volume;
  readonly #table: AllocationTable;
  readonly #geometry: FatGeometry;
  readonly #firstCluster: number | null;

  /** `firstCluster` null: the root directory of FAT12 and FAT16. */
  constructor(volume: Volume, table: AllocationTable, geometry: FatGeometry, firstCluster: number | null) {
    this.#volume = volume;
    this.#table = table;
    this.#geometry = geometry;
    this.#firstCluster = firstCluster;
  }

  find(name: string): Entry | undefined {
    const wanted = name.toUpperCase();
    return this.entries().find(
      (entry) => entry.name.toUpperCase() === wanted || typedShortName(entry.short) === wanted,
    );
  }

  /** Files and directories, `.` and `..` and the volume label left out. */
  entries(): Entry[] {
    const entries: Entry[] = [];
    let long: number[] = [];
    const places = this.#slots();
    const slots = places.map((place) => this.#volume.read(place, ENTRY_BYTES));
    for (const [index, slot] of slots.entries()) {
      const first = slot.readUInt8(0);
      if (first === NEVER_USED) break;
      if (first !== DELETED && slot.readUInt8(11) === LONG_NAME_ATTRIBUTES) {
        long.push(index);
        continue;
      }
      if (isListed(slot)) {
        const longSlots = long.flatMap((at) => slots[at] ?? []);
        entries.push({ ...readEntry(slot, longSlots), slots: [...long, index] });
      }
      long = [];
    }
    return entries;
  }

  remove(entry: Entry): void {
    const places = this.#slots();
    for (const slot of entry.slots) this.#volume.write(places[slot] ?? 0, Buffer.from([DELETED]));
  }

  add(entry: NewEntry): void {
    const taken = new Set(this.entries().map((existing) => existing.short));
    const short = shortName(entry.name, taken);
    const slots = [...longNameEntries(entry.name, short), writeEntry(entry, short)];
    const places = this.#freePlaces(slots.length);
    for (const [index, slot] of slots.entries()) this.#volume.write(places[index] ?? 0, slot);
  }

  /** Where each slot lies on the volume. */
  #slots(): number[] {
    return this.#regions().flatMap(({ offset, bytes }) =>
      Array.from({ length: Math.floor(bytes / ENTRY_BYTES) }, (_, index) => offset + index * ENTRY_BYTES),
    );
  }

  #regions(): { offset: number; bytes: number }[] {
    const { root, clusterBytes } = this.#geometry;
    if (this.#firstCluster !== null) {
      return this.#table
        .chain(this.#firstCluster)
        .map((cluster) => ({ offset: clusterOffset(this.#geometry, cluster), bytes: clusterBytes }));
    }
    return root.kind === "area" ? [{ offset: root.offset, bytes: root.sizeBytes }] : [];
  }

  #freePlaces(count: number): number[] {
    const places = this.#slots();
    let run: number[] = [];
    let ended = false;
    for (const place of places) {
      const first: number = ended ? NEVER_USED : this.#volume.read(place, 1).readUInt8(0);
      ended ||= first === NEVER_USED;
      run = first === NEVER_USED || first === DELETED ? [...run, place] : [];
      if (run.length === count) return run;
    }
    this.#grow(count - run.length);
    return this.#freePlaces(count);
  }

  #grow(slots: number): void {
    if (this.#firstCluster === null) throw new FatError("its root directory is full");
    const clusters = Math.ceil((slots * ENTRY_BYTES) / this.#geometry.clusterBytes);
    const last = this.#table.chain(this.#firstCluster).at(-1);
    for (const cluster of this.#table.allocate(clusters, last)) {
      this.#volume.write(clusterOffset(this.#geometry, cluster), Buffer.alloc(this.#geometry.clusterBytes));
    }
  }
}

export function clusterOffset(geometry: FatGeometry, cluster: number): number {
  return geometry.dataOffset + (cluster - 2) * geometry.clusterBytes;
}

function isListed(slot: Buffer): boolean {
  const hidden = slot.readUInt8(0) === DELETED || slot.readUInt8(0) === 0x2e;
  return !hidden && (slot.readUInt8(11) & VOLUME_LABEL) === 0;
}

function readEntry(slot: Buffer, longSlots: Buffer[]): Omit<Entry, "slots"> {
  const bytes = Buffer.from(slot.subarray(0, 11));
  if (bytes[0] === ESCAPED_E5) bytes[0] = DELETED;
  const short = bytes.toString("latin1");
  return {
    name: readLongName(longSlots, short) ?? typedShortName(short),
    short,
    isDirectory: (slot.readUInt8(11) & attributes.directory) !== 0,
    cluster: slot.readUInt16LE(20) * 0x10000 + slot.readUInt16LE(26),
    bytes: slot.readUInt32LE(28),
  };
}

/** An entry with its eleven bytes; also for `.` and `..`, which have no long name. */
export function writeEntry(entry: Omit<NewEntry, "name">, short: string): Buffer {
  const slot = Buffer.alloc(ENTRY_BYTES);
  slot.write(short, 0, "latin1");
  slot.writeUInt8(entry.attributes, 11);
  slot.writeUInt16LE(entry.stamp.time, 14);
  slot.writeUInt16LE(entry.stamp.date, 16);
  slot.writeUInt16LE(entry.stamp.date, 18);
  slot.writeUInt16LE(Math.floor(entry.cluster / 0x10000), 20);
  slot.writeUInt16LE(entry.stamp.time, 22);
  slot.writeUInt16LE(entry.stamp.date, 24);
  slot.writeUInt16LE(entry.cluster & 0xffff, 26);
  slot.writeUInt32LE(entry.bytes, 28);
  return slot;
}
