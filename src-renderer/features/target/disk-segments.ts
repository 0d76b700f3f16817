import type { Layout } from "#contract/layout.ts";
import type { TargetDisk } from "#contract/targets.ts";
import { formatBytes, formatMedium } from "../../ui/format.ts";
import type { Segment } from "../../ui/SegmentBar.tsx";

const MEBIBYTE = 1024 ** 2;

/** What the layout makes of a disk, to scale. */
export function segmentsOfLayout({ partitions }: Layout, disk: TargetDisk): Segment[] {
  const fixed = partitions.reduce((sum, { sizeMiB }) => sum + (sizeMiB ?? 0) * MEBIBYTE, 0);
  return partitions.map(({ label, sizeMiB, fileSystem, mounts }) => {
    const bytes = sizeMiB === null ? disk.identity.sizeBytes - fixed : sizeMiB * MEBIBYTE;
    const subvolumes = mounts.flatMap(({ subvolume }) => subvolume ?? []);
    const compressed = mounts.some(({ options }) => options.some((option) => option.startsWith("compress=")));
    const kind =
      fileSystem.type === "btrfs" ? `Btrfs${compressed ? ", zstd" : ""}` : (mounts[0]?.mountPoint ?? label);
    return {
      id: label,
      label: kind,
      detail: subvolumes.length > 0 ? subvolumes.join(" · ") : formatBytes(bytes),
      bytes,
      look: "new" as const,
    };
  });
}

const known: Record<string, string> = {
  BitLocker: "BitLocker volume",
  crypto_LUKS: "encrypted volume (LUKS)",
  LVM2_member: "LVM volume",
  linux_raid_member: "RAID member",
  ntfs: "Windows file system",
  swap: "swap",
};

/** What is on a disk, in a word or two for its card. */
export function contentWords({ volumes }: TargetDisk): string {
  if (volumes.length === 0) return "empty";
  const kinds = volumes.map(
    ({ filesystem, label }) => known[filesystem ?? ""] ?? label ?? filesystem ?? "data",
  );
  return [...new Set(kinds)].slice(0, 3).join(", ");
}

export function diskSize({ identity }: TargetDisk): string {
  return formatMedium(identity.sizeBytes);
}

/** What to type to agree; null where the disk has no serial to type. */
export function erasureWord({ identity }: TargetDisk): string | null {
  const serial = identity.serial?.trim() ?? "";
  return serial.length >= 4 ? serial.slice(-4) : null;
}
