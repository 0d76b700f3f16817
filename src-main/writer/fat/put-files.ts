import type { Patch } from "../image/patches.ts";
import { attributes, clusterOffset, Directory, type Stamp, writeEntry } from "./directory.ts";
import { FatError } from "./errors.ts";
import { BOOT_SECTOR_BYTES, type FatGeometry, parseBootSector } from "./geometry.ts";
import { AllocationTable } from "./table.ts";
import { type Range, Volume } from "./volume.ts";

/** A path with `/` between folders; folders are made where they are missing, files replaced where they are not. */
export type NewFile = { path: string; content: Buffer };

/**
 * What has to change in a FAT file system so that it holds `files`. `known` is what was read of it; throws
 * MissingRange where more is needed, FatError where the files cannot go in.
 */
export function putFiles(known: readonly Range[], files: readonly NewFile[], time: Date): Patch[] {
  const volume = new Volume(known);
  const geometry = parseBootSector(volume.read(0, BOOT_SECTOR_BYTES));
  if (!geometry) throw new FatError("its FAT partition is damaged");
  const system = new FileSystem(volume, geometry, stampOf(time));
  for (const file of files) system.put(file);
  system.save();
  return volume.changes();
}

class FileSystem {
  readonly #volume: Volume;
  readonly #geometry: FatGeometry;
  readonly #table: AllocationTable;
  readonly #stamp: Stamp;

  constructor(volume: Volume, geometry: FatGeometry, stamp: Stamp) {
    this.#volume = volume;
    this.#geometry = geometry;
    this.#table = new AllocationTable(volume, geometry);
    this.#stamp = stamp;
  }

  put({ path, content }: NewFile): void {
    const folders = path.split("/");
    const name = folders.pop() ?? "";
    let cluster = this.#rootCluster();
    for (const folder of folders) cluster = this.#openFolder(cluster, folder);
    const folder = this.#directory(cluster);
    this.#removeExisting(folder, name);
    const first = this.#store(content);
    folder.add({
      name,
      attributes: attributes.archive,
      cluster: first,
      bytes: content.length,
      stamp: this.#stamp,
    });
  }

  save(): void {
    this.#table.save();
  }

  #rootCluster(): number | null {
    const { root } = this.#geometry;
    return root.kind === "chain" ? root.cluster : null;
  }

  #directory(cluster: number | null): Directory {
    return new Directory(this.#volume, this.#table, this.#geometry, cluster);
  }

  #openFolder(parent: number | null, name: string): number {
    const directory = this.#directory(parent);
    const existing = directory.find(name);
    if (existing?.isDirectory) return existing.cluster;
    this.#removeExisting(directory, name);
    const cluster = this.#store(Buffer.alloc(this.#geometry.clusterBytes));
    const own = { attributes: attributes.directory, bytes: 0, stamp: this.#stamp };
    // To the root directory `..` says 0, wherever it lies.
    const above = parent === this.#rootCluster() ? 0 : (parent ?? 0);
    const dots = [
      writeEntry({ ...own, cluster }, ".".padEnd(11)),
      writeEntry({ ...own, cluster: above }, "..".padEnd(11)),
    ];
    this.#volume.write(clusterOffset(this.#geometry, cluster), Buffer.concat(dots));
    directory.add({ ...own, name, cluster });
    return cluster;
  }

  #removeExisting(directory: Directory, name: string): void {
    const existing = directory.find(name);
    if (!existing) return;
    if (existing.isDirectory) throw new FatError(`it has a folder where ${name} has to go`);
    directory.remove(existing);
    if (existing.cluster !== 0) this.#table.free(existing.cluster);
  }

  /** Writes whole clusters, the last one filled with zeros; 0 for an empty file, which has none. */
  #store(content: Buffer): number {
    const { clusterBytes } = this.#geometry;
    const clusters = this.#table.allocate(Math.ceil(content.length / clusterBytes));
    for (const [index, cluster] of clusters.entries()) {
      const filled = Buffer.alloc(clusterBytes);
      content.copy(filled, 0, index * clusterBytes, (index + 1) * clusterBytes);
      this.#volume.write(clusterOffset(this.#geometry, cluster), filled);
    }
    return clusters[0] ?? 0;
  }
}

const FAT_EPOCH = Date.UTC(1980, 0, 1);

/** FAT counts years from 1980 and seconds in twos, in no time zone: UTC here. */
function stampOf(time: Date): Stamp {
  const at = new Date(Math.max(time.getTime(), FAT_EPOCH));
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}
