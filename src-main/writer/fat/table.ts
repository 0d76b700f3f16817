import { FatError } from "./errors.ts";
import type { FatGeometry } from "./geometry.ts";
import type { Volume } from "./volume.ts";

const FIRST_CLUSTER = 2;
const FREE = 0;
const END_OF_CHAIN = 0x0fffffff;
/** FAT32 entries have 28 bits; the other four are kept as they are. */
const RESERVED_BITS = 0xf0000000;

/** The file allocation table: which cluster follows which. Works on a copy in memory until `save`. */
export class AllocationTable {
  readonly #volume: Volume;
  readonly #geometry: FatGeometry;
  readonly #original: Buffer;
  readonly #table: Buffer;
  #lastAllocated: number | null = null;

  constructor(volume: Volume, geometry: FatGeometry) {
    this.#volume = volume;
    this.#geometry = geometry;
    this.#original = volume.read(geometry.tableOffset, geometry.tableBytes);
    this.#table = Buffer.from(this.#original);
  }

  /** The clusters of a file or directory, in order. */
  chain(first: number): number[] {
    const clusters: number[] = [];
    const seen = new Set<number>();
    for (let cluster = first; !this.#isEnd(cluster); cluster = this.#get(cluster)) {
      if (!this.#isData(cluster) || seen.has(cluster)) throw new FatError("its file table is damaged");
      seen.add(cluster);
      clusters.push(cluster);
    }
    return clusters;
  }

  /** Takes free clusters, links them, and hooks them to `after` if given. Throws where there are too few. */
  allocate(count: number, after?: number): number[] {
    const clusters: number[] = [];
    const end = FIRST_CLUSTER + this.#geometry.clusterCount;
    for (let cluster = FIRST_CLUSTER; cluster < end && clusters.length < count; cluster += 1) {
      if (this.#get(cluster) === FREE) clusters.push(cluster);
    }
    if (clusters.length < count) throw new FatError("its FAT partition is full");
    clusters.forEach((cluster, index) => {
      this.#set(cluster, clusters[index + 1] ?? END_OF_CHAIN);
    });
    const [first] = clusters;
    if (after !== undefined && first !== undefined) this.#set(after, first);
    this.#lastAllocated = clusters.at(-1) ?? this.#lastAllocated;
    return clusters;
  }

  free(first: number): void {
    for (const cluster of this.chain(first)) this.#set(cluster, FREE);
  }

  /** Puts the changed sectors into every copy of the table, and the new count of free clusters beside it. */
  save(): void {
    const { sectorBytes, tableBytes, tableCount, tableOffset } = this.#geometry;
    for (let at = 0; at < tableBytes; at += sectorBytes) {
      const sector = this.#table.subarray(at, at + sectorBytes);
      if (sector.equals(this.#original.subarray(at, at + sectorBytes))) continue;
      for (let copy = 0; copy < tableCount; copy += 1) {
        this.#volume.write(tableOffset + copy * tableBytes + at, sector);
      }
    }
    this.#saveInfo();
  }

  #saveInfo(): void {
    const { infoOffset, clusterCount } = this.#geometry;
    if (infoOffset === null) return;
    const info = this.#volume.read(infoOffset, 512);
    const signed = info.readUInt32LE(0) === 0x41615252 && info.readUInt32LE(484) === 0x61417272;
    if (!signed) return;
    let free = 0;
    for (let cluster = FIRST_CLUSTER; cluster < FIRST_CLUSTER + clusterCount; cluster += 1) {
      if (this.#get(cluster) === FREE) free += 1;
    }
    info.writeUInt32LE(free, 488);
    if (this.#lastAllocated !== null) info.writeUInt32LE(this.#lastAllocated, 492);
    this.#volume.write(infoOffset, info);
  }

  #isData(cluster: number): boolean {
    return cluster >= FIRST_CLUSTER && cluster < FIRST_CLUSTER + this.#geometry.clusterCount;
  }

  #isEnd(entry: number): boolean {
    return entry >= endMark[this.#geometry.bits];
  }

  #get(cluster: number): number {
    switch (this.#geometry.bits) {
      case 12: {
        const pair = this.#table.readUInt16LE(packed(cluster));
        return cluster % 2 === 0 ? pair & 0xfff : pair >> 4;
      }
      case 16:
        return this.#table.readUInt16LE(cluster * 2);
      case 32:
        return this.#table.readUInt32LE(cluster * 4) & ~RESERVED_BITS;
    }
  }

  #set(cluster: number, value: number): void {
    switch (this.#geometry.bits) {
      case 12: {
        const pair = this.#table.readUInt16LE(packed(cluster));
        const entry = value & 0xfff;
        const merged = cluster % 2 === 0 ? (pair & 0xf000) | entry : (pair & 0x000f) | (entry << 4);
        this.#table.writeUInt16LE(merged, packed(cluster));
        return;
      }
      case 16:
        this.#table.writeUInt16LE(value & 0xffff, cluster * 2);
        return;
      case 32: {
        const reserved = this.#table.readUInt32LE(cluster * 4) & RESERVED_BITS;
        this.#table.writeUInt32LE((reserved | (value & ~RESERVED_BITS)) >>> 0, cluster * 4);
      }
    }
  }
}

const endMark = { 12: 0xff8, 16: 0xfff8, 32: 0x0ffffff8 } as const;

/** FAT12 packs two entries into three bytes. */
function packed(cluster: number): number {
  return cluster + Math.floor(cluster / 2);
}
