/** Whether what was installed would start, and as what. Pure: the target's own answers, compared. */
import type { Layout, LayoutMount, LayoutPartition } from "#contract/layout.ts";

/** What is wrong with the boot loader's files on the ESP; a boot loader that failed may have said nothing. */
export function bootProblems(listing: string, storePath: string): string[] {
  const lines = listing.split("\n");
  const of = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const loaders = of("efi").filter((line) => /\.efi [1-9]\d*$/i.test(line));
  const isOurs = of("options").some((options) => options.includes(`init=${storePath}/init`));
  return [
    loaders.length > 0 ? [] : ["there is no boot loader on the ESP"],
    of("entry").length > 0 ? [] : ["the boot loader has no entry"],
    of("lacks").map((path) => `${path} is missing on the ESP`),
    of("entry").length === 0 || isOurs
      ? []
      : ["no entry of the boot loader starts the system that was installed"],
  ].flat();
}

type FstabEntry = { device: string; mountPoint: string; type: string; options: string[] };

function parseFstab(fstab: string): FstabEntry[] {
  return fstab
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [device = "", mountPoint = "", type = "", options = ""] = line.trim().split(/\s+/);
      return { device, mountPoint, type, options: options.split(",") };
    });
}

function entryProblems(
  entry: FstabEntry,
  { label, fileSystem }: LayoutPartition,
  { subvolume, options, mountPoint }: LayoutMount,
): string[] {
  const wanted = [...(subvolume === undefined ? [] : [`subvol=${subvolume}`]), ...options];
  const lacking = wanted.filter((option) => !entry.options.includes(option));
  const isOurs = entry.device.endsWith(`/${label}`) || entry.device === `PARTLABEL=${label}`;
  return [
    isOurs ? [] : [`fstab mounts ${entry.device} at ${mountPoint}, not ${label}`],
    entry.type === fileSystem.type ? [] : [`fstab says that ${mountPoint} is ${entry.type}`],
    lacking.length === 0 ? [] : [`fstab mounts ${mountPoint} without ${lacking.join(",")}`],
  ].flat();
}

/** What is wrong with the file that says what the system mounts when it starts. */
export function fstabProblems(fstab: string, layout: Layout): string[] {
  const found = new Map(parseFstab(fstab).map((entry) => [entry.mountPoint, entry]));
  return layout.partitions.flatMap((partition) =>
    partition.mounts.flatMap((mount) => {
      const entry = found.get(mount.mountPoint);
      return entry ? entryProblems(entry, partition, mount) : [`fstab does not mount ${mount.mountPoint}`];
    }),
  );
}
