/** Whether a target's disk became what the layout says. Pure: what its own tools print, compared. */
import { z } from "zod";
import type { Layout, LayoutMount } from "#contract/layout.ts";
import type { TargetDisk } from "#contract/targets.ts";
import { plannedMounts, TARGET_ROOT } from "./disk-commands.ts";
import { stableName } from "./read-disks.ts";

const MEBIBYTE = 1024 ** 2;

export function layoutQuestions(disk: TargetDisk) {
  const name = stableName(disk);
  return {
    table: ["sgdisk", "--print", name],
    partitions: [
      // What was formatted a moment ago is told only once udev has looked at it.
      ...["sh", "-c", 'udevadm settle --timeout=30; exec "$@"', "floppy"],
      ...["lsblk", "--json", "--bytes", "--output", "NAME,TYPE,SIZE,PARTLABEL,PARTTYPE,FSTYPE,LABEL", name],
    ],
    mounts: ["findmnt", "--json", "--list", "--submounts", "--output", "TARGET,FSTYPE,OPTIONS", TARGET_ROOT],
    subvolumes: ["btrfs", "subvolume", "list", TARGET_ROOT],
  };
}

const text = z.string().nullable();
const partition = z.object({
  type: z.string(),
  size: z.number(),
  partlabel: text,
  parttype: text,
  fstype: text,
  label: text,
});
const disks = z.object({ blockdevices: z.tuple([z.object({ children: z.array(partition).default([]) })]) });

/** What is wrong with the partitions, by `lsblk` and by the table itself; empty where nothing is. */
export function partitionProblems(layout: Layout, lsblk: string, table: string): string[] {
  const [{ children }] = disks.parse(JSON.parse(lsblk)).blockdevices;
  const found = children.filter(({ type }) => type === "part");
  const written = table.split("\n").filter((line) => /^\s+\d+\s+\d+\s+\d+\s/.test(line));
  const count = layout.partitions.length;
  if (found.length !== count || written.length !== count)
    return [`the disk has ${found.length} partitions, its table ${written.length}, the layout ${count}`];
  return layout.partitions.flatMap(({ label, type, sizeMiB, fileSystem }, index) => {
    const is = found[index];
    if (!is) return [`${label} is missing`];
    return [
      is.partlabel === label ? [] : [`partition ${index + 1} is called ${is.partlabel}, not ${label}`],
      written[index]?.trimEnd().endsWith(` ${label}`) ? [] : [`the table does not name ${label}`],
      is.parttype?.toLowerCase() === type.toLowerCase() ? [] : [`${label} has the type ${is.parttype}`],
      sizeMiB === null || is.size === sizeMiB * MEBIBYTE ? [] : [`${label} has ${is.size} bytes`],
      is.fstype === fileSystem.type ? [] : [`${label} holds ${is.fstype}, not ${fileSystem.type}`],
      is.label === fileSystem.label ? [] : [`the file system of ${label} is called ${is.label}`],
    ].flat();
  });
}

const mounted = z.object({
  filesystems: z.array(z.object({ target: z.string(), fstype: z.string(), options: z.string() })),
});

/** The kernel adds a level to a compression and a slash to a subvolume, and tells some options in other words. */
function isSet(option: string, found: readonly string[]): boolean {
  const wanted = option.replace(/^subvol=\/?/, "subvol=/");
  const masks = /^umask=(\d+)$/.exec(option);
  if (masks) return ["fmask", "dmask"].every((mask) => found.includes(`${mask}=${masks[1]}`));
  return found.some((one) => one === wanted || one.startsWith(`${wanted}:`));
}

function wantedOptions({ subvolume, options }: LayoutMount): string[] {
  return [...(subvolume === undefined ? [] : [`subvol=${subvolume}`]), ...options];
}

/** What is wrong with what is mounted below the target's root; empty where nothing is. */
export function mountProblems(
  layout: Layout,
  disk: TargetDisk,
  findmnt: string,
  subvolumes: string,
): string[] {
  const found = new Map(mounted.parse(JSON.parse(findmnt)).filesystems.map((one) => [one.target, one]));
  const listed = subvolumes.split("\n").map((line) => / path (.+)$/.exec(line)?.[1]);
  return plannedMounts(layout, disk).flatMap((mount) => {
    const is = found.get(mount.at);
    if (!is) return [`${mount.at} is not mounted`];
    const options = is.options.split(",");
    const lacking = wantedOptions(mount).filter((option) => !isSet(option, options));
    return [
      is.fstype === mount.type ? [] : [`${mount.at} is ${is.fstype}, not ${mount.type}`],
      lacking.length === 0 ? [] : [`${mount.at} lacks ${lacking.join(",")}`],
      mount.subvolume === undefined || listed.includes(mount.subvolume)
        ? []
        : [`there is no subvolume ${mount.subvolume}`],
    ].flat();
  });
}
