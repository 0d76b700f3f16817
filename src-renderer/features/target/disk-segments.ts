import type { Volume } from "#contract/drives.ts";
import type { Layout, LayoutPartition } from "#contract/layout.ts";
import type { TargetDisk } from "#contract/targets.ts";
import { cut, formatBytes, formatMedium } from "../../ui/format.ts";
import type { Segment } from "../../ui/SegmentBar.tsx";
import { segmentsNow } from "../wizard/confirm-segments.ts";

const MEBIBYTE = 1024 ** 2;
const LONGEST_LABEL = 40;

/** What a person calls it that lsblk names by its format. */
const known: Record<string, string> = {
  BitLocker: "BitLocker volume",
  crypto_LUKS: "encrypted volume (LUKS)",
  LVM2_member: "LVM volume",
  linux_raid_member: "RAID member",
  zfs_member: "ZFS member",
  ntfs: "Windows file system",
  apfs: "macOS file system",
  hfsplus: "macOS file system",
};

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A volume in a few words: `ext4 “archive”`, `BitLocker volume`, `EFI System`. */
export function volumeWords({ filesystem, label, path }: Volume): string {
  const kind = filesystem === null ? null : Object.hasOwn(known, filesystem) ? known[filesystem] : filesystem;
  const name = label === null ? null : cut(label, LONGEST_LABEL);
  if (name !== null && /^(EFI System|Microsoft reserved|.*recovery.*)$/i.test(name)) return name;
  const words = [kind && cut(kind, LONGEST_LABEL), name && `“${name}”`].filter(Boolean).join(" ");
  return words || `unknown data on ${cut(base(path), LONGEST_LABEL)}`;
}

/** What is on a disk, in a word or two for its card; what every machine has is left out where there is more. */
export function contentWords({ volumes }: TargetDisk): string {
  if (volumes.length === 0) return "empty";
  const words = [...new Set(volumes.map(volumeWords))];
  const telling = words.filter((word) => !/^(EFI System|Microsoft reserved)/i.test(word));
  const shown = telling.length > 0 ? telling : words;
  return shown.length > 2 ? `${shown.slice(0, 2).join(", ")} and more` : shown.join(", ");
}

/** What will be lost, to scale, in the disk's order. */
export function segmentsOfDisk(disk: TargetDisk): Segment[] {
  return segmentsNow(disk, (volume) => ({
    id: volume.path,
    label: volumeWords(volume),
    detail: `${cut(base(volume.path), LONGEST_LABEL)} · ${formatMedium(volume.sizeBytes)}`,
    bytes: volume.sizeBytes,
    look: "lost",
  }));
}

function partitionWords({ fileSystem, mounts }: LayoutPartition): string {
  const compression = mounts.flatMap(({ options }) => options).find((option) => /^compress/.test(option));
  if (fileSystem.type === "vfat") return `${mounts[0]?.mountPoint ?? "FAT"}, FAT${fileSystem.fatBits}`;
  return compression ? `Btrfs, ${compression.slice(compression.indexOf("=") + 1)}` : "Btrfs";
}

/** What the layout makes of a disk, to scale. */
export function segmentsOfLayout({ partitions }: Layout, disk: TargetDisk): Segment[] {
  const fixed = partitions.reduce((sum, { sizeMiB }) => sum + (sizeMiB ?? 0) * MEBIBYTE, 0);
  return partitions.map((partition) => {
    const { label, sizeMiB } = partition;
    const bytes = sizeMiB === null ? Math.max(disk.identity.sizeBytes - fixed, MEBIBYTE) : sizeMiB * MEBIBYTE;
    const detail = sizeMiB === null ? formatMedium(bytes) : formatBytes(bytes);
    return { id: label, label: partitionWords(partition), detail, bytes, look: "new" };
  });
}
