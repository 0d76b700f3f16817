import { clusterOffset, Directory } from "./directory.ts";
import { FatError } from "./errors.ts";
import { BOOT_SECTOR_BYTES, parseBootSector } from "./geometry.ts";
import { AllocationTable } from "./table.ts";
import { type Range, Volume } from "./volume.ts";

/**
 * What a file holds, by its path with `/` between folders; null where there is no such file, or no FAT file system.
 * `known` is what was read of it; throws MissingRange where more is needed, FatError for a file of more than `most`.
 */
export function getFile(known: readonly Range[], path: string, most: number): Buffer | null {
  const volume = new Volume(known);
  const geometry = parseBootSector(volume.read(0, BOOT_SECTOR_BYTES));
  if (!geometry) return null;
  const table = new AllocationTable(volume, geometry);
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  let cluster = geometry.root.kind === "chain" ? geometry.root.cluster : null;
  for (const folder of folders) {
    const found = new Directory(volume, table, geometry, cluster).find(folder);
    if (!found?.isDirectory) return null;
    cluster = found.cluster;
  }
  const file = new Directory(volume, table, geometry, cluster).find(name);
  if (!file || file.isDirectory) return null;
  if (file.bytes > most) throw new FatError(`its ${path} is larger than ${most} bytes`);
  if (file.bytes === 0) return Buffer.alloc(0);
  const pieces = table
    .chain(file.cluster)
    .map((at) => volume.read(clusterOffset(geometry, at), geometry.clusterBytes));
  return Buffer.concat(pieces).subarray(0, file.bytes);
}
