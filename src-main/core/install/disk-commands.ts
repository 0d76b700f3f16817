/** The commands that lay a target's disk out. What is shown in the plan is what runs, letter by letter. */
import type { Layout, LayoutPartition } from "#contract/layout.ts";
import type { PlannedCommand, TargetDisk } from "#contract/targets.ts";
import { shellQuote, shellWord } from "../text/shell.ts";
import { stableName } from "./read-disks.ts";

/** Where the new system's root is mounted while it is installed. */
export const TARGET_ROOT = "/mnt";
/** Exit code of the command that wipes, when the disk is not the one that was chosen. */
export const NOT_THAT_DISK = 65;

const seconds = { settle: 30, nodes: 20 };

/** udev's name of a partition: it follows the disk, whatever the kernel calls it. */
export function partitionName(disk: TargetDisk, index: number): string {
  return `${stableName(disk)}-part${index + 1}`;
}

/** Ends with NOT_THAT_DISK unless name, size and serial are those of the chosen disk. */
function recheck({ identity }: TargetDisk, disk: string): string[] {
  const told = (column: string) => `lsblk --nodeps --bytes --noheadings --output ${column} "$disk"`;
  return [
    `disk=$(readlink -e ${shellWord(disk)}) || exit ${NOT_THAT_DISK}`,
    `[ "$(${told("SIZE")} | tr -d ' ')" = ${identity.sizeBytes} ] || exit ${NOT_THAT_DISK}`,
    ...(identity.serial === null
      ? []
      : [
          `[ "$(${told("SERIAL")} | tr -s '[:space:]' ' ' | sed 's/^ //;s/ $//')" = ${shellWord(identity.serial)} ] || exit ${NOT_THAT_DISK}`,
        ]),
  ];
}

/** Whatever an earlier attempt, or a system that was on the disk, holds open. */
const letGo = [
  `if mountpoint --quiet ${TARGET_ROOT}; then umount --recursive ${TARGET_ROOT}; fi`,
  `lsblk --list --noheadings --paths --output PATH,TYPE "$disk" | tac | while read -r held type; do`,
  "  case $type in",
  '    lvm | crypt) dmsetup remove "$held" ;;',
  '    raid*) mdadm --stop "$held" ;;',
  '    part) wipefs --all --quiet --force "$held" ;;',
  "  esac",
  "done",
];

function tableArguments({ label, type, sizeMiB }: LayoutPartition, index: number): string[] {
  const number = index + 1;
  return [
    `--new=${number}:0:${sizeMiB === null ? 0 : `+${sizeMiB}M`}`,
    `--typecode=${number}:${type}`,
    `--change-name=${number}:${label}`,
  ];
}

function eraseCommand(layout: Layout, disk: TargetDisk): string {
  const name = stableName(disk);
  const last = partitionName(disk, layout.partitions.length - 1);
  return [
    ...recheck(disk, name),
    ...letGo,
    'wipefs --all --quiet --force "$disk"',
    'sgdisk --zap-all "$disk"',
    `${shellQuote(["sgdisk", ...layout.partitions.flatMap(tableArguments)])} "$disk"`,
    `blockdev --rereadpt "$disk" || partprobe "$disk"`,
    `udevadm settle --timeout=${seconds.settle}`,
    `timeout ${seconds.nodes} sh -c 'until [ -e "$1" ]; do sleep 0.2; done' floppy ${shellWord(last)}`,
  ].join("\n");
}

/** A new partition may lie where an old one lay whose table was lost, and be signed by it still. */
function formatCommand({ fileSystem }: LayoutPartition, device: string): string {
  const make =
    fileSystem.type === "vfat"
      ? ["mkfs.vfat", "-F", `${fileSystem.fatBits}`, "-n", fileSystem.label]
      : ["mkfs.btrfs", "--quiet", "--force", "--label", fileSystem.label];
  return [shellQuote(["wipefs", "--all", "--quiet", "--force", device]), shellQuote([...make, device])].join(
    "\n",
  );
}

function subvolumesCommand({ mounts }: LayoutPartition, device: string): string {
  const names = mounts.flatMap(({ subvolume }) => subvolume ?? []);
  return [
    `mkdir -p ${TARGET_ROOT}`,
    `mount --types btrfs --options subvolid=5 ${shellWord(device)} ${TARGET_ROOT}`,
    ...names.map((name) => `btrfs subvolume create ${shellWord(`${TARGET_ROOT}/${name}`)}`),
    `umount ${TARGET_ROOT}`,
  ].join("\n");
}

export function partitionCommands(layout: Layout, disk: TargetDisk): PlannedCommand[] {
  const command = (purpose: string, text: string) => ({ phase: "partition", purpose, command: text });
  const file = (partition: LayoutPartition, index: number) => {
    const device = partitionName(disk, index);
    const made = command(`Format ${partition.label}`, formatCommand(partition, device));
    const hasSubvolumes = partition.mounts.some(({ subvolume }) => subvolume !== undefined);
    return hasSubvolumes
      ? [made, command("Create the subvolumes", subvolumesCommand(partition, device))]
      : [made];
  };
  return [
    command("Look once more that it is this disk, and erase it", eraseCommand(layout, disk)),
    ...layout.partitions.flatMap(file),
  ];
}

/** What is mounted where, parents first. */
export function plannedMounts(layout: Layout, disk: TargetDisk) {
  return layout.partitions
    .flatMap(({ fileSystem, mounts }, index) =>
      mounts.map((mount) => ({
        ...mount,
        device: partitionName(disk, index),
        type: fileSystem.type,
        at: mount.mountPoint === "/" ? TARGET_ROOT : `${TARGET_ROOT}${mount.mountPoint}`,
      })),
    )
    .toSorted((one, other) => one.at.split("/").length - other.at.split("/").length);
}

export function mountCommands(layout: Layout, disk: TargetDisk): PlannedCommand[] {
  const command = (purpose: string, text: string) => ({ phase: "mount", purpose, command: text });
  const mounts = plannedMounts(layout, disk).map(({ at, device, type, options, subvolume }) => {
    const all = [...(subvolume === undefined ? [] : [`subvol=${subvolume}`]), ...options];
    const how = ["--types", type, ...(all.length > 0 ? ["--options", all.join(",")] : [])];
    const lines = [shellQuote(["mkdir", "-p", at]), shellQuote(["mount", ...how, device, at])];
    return command(`Mount ${subvolume ?? at.slice(TARGET_ROOT.length)}`, lines.join("\n"));
  });
  const clear = `if mountpoint --quiet ${TARGET_ROOT}; then umount --recursive ${TARGET_ROOT}; fi`;
  return [command("Unmount what an earlier attempt left", clear), ...mounts];
}
