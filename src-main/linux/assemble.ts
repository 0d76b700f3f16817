import type { BlockDevice, BlockDevices, Mount, PlainFile } from "#core/drives/block-devices.ts";
import { kernelName, type LsblkDevice } from "./lsblk.ts";
import type { MountLine } from "./mounts.ts";
import type { SeenMount } from "./read-mounts.ts";

/** What sysfs and udev say of one device beyond lsblk. */
export type SysfsFacts = {
  diskSequence: number | null;
  startSectors: number | null;
  backingFile: string | null;
  card: { type: string | null; name: string | null; serial: string | null };
  /** The USB device that it belongs to, the serial of its descriptor, and how many drives share it. Null off that bus. */
  usb: { device: string; serial: string | null; drives: number } | null;
  settled: boolean;
};

/** Everything that was read, before it is put together. */
export type Readings = {
  lsblk: LsblkDevice[];
  mounts: SeenMount[];
  swaps: string[];
  /** By kernel name. */
  sysfs: Map<string, SysfsFacts>;
  /** Link names by kernel path. */
  byId: Map<string, string[]>;
  byPath: Map<string, string[]>;
  /** The kernel names of each mounted Btrfs file system's devices. */
  btrfs: string[][];
  /** Where other names of devices (`/dev/disk/by-uuid/…`) lead, as kernel paths. */
  aliases: Map<string, string>;
  files: PlainFile[];
};

/** sysfs counts in these, whatever the drive's own sector is. */
const SYSFS_SECTOR_BYTES = 512;

export function assemble(readings: Readings): BlockDevices {
  const place = placer(readings);
  const mounts = readings.mounts.map(
    (line): Mount => ({
      id: line.id,
      parent: line.parent,
      source: line.source,
      target: line.target,
      targetBytes: line.targetBytes,
      filesystem: line.filesystem,
      devices: place.ofMount(line),
      certainDevices: place.certain(line),
      elsewhere: line.elsewhere,
    }),
  );
  const swaps = readings.swaps.map((path) => ({ path, devices: place.ofPath(path) }));
  const own = withoutSharedSerials(readings);
  const devices = readings.lsblk.map((device) => toBlockDevice(device, own, place.ofPath));
  return { devices, mounts, swaps, files: readings.files };
}

function toBlockDevice(
  device: LsblkDevice,
  readings: Readings,
  devicesOfPath: (path: string) => string[],
): BlockDevice {
  const name = kernelName(device.kname);
  const sysfs = readings.sysfs.get(name);
  const start = sysfs?.startSectors ?? null;
  const backingFile = sysfs?.backingFile ?? null;
  const nested = device.parents.map(kernelName);
  return {
    name,
    path: device.kname,
    type: device.type,
    parents: backingFile === null ? nested : [...nested, ...devicesOfPath(backingFile)],
    sizeBytes: device.size,
    readOnly: device.ro,
    logicalSectorBytes: device["log-sec"],
    removable: device.rm,
    hotplug: device.hotplug,
    transport: device.tran?.toLowerCase() ?? null,
    subsystems: device.subsystems?.split(":") ?? [],
    cardType: sysfs?.card.type ?? null,
    vendor: device.vendor,
    model: device.model ?? sysfs?.card.name ?? null,
    serial: serialOf(device, sysfs),
    wwn: device.wwn,
    byId: hasOwnLinks(device, sysfs) ? preferredLink(readings.byId.get(device.kname)) : null,
    byPath: readings.byPath.get(device.kname)?.toSorted()[0] ?? null,
    diskSequence: sysfs?.diskSequence ?? null,
    startBytes: start === null ? null : start * SYSFS_SECTOR_BYTES,
    label: device.label,
    partitionLabel: device.partlabel,
    filesystem: device.fstype,
    backingFile,
    settled: sysfs?.settled ?? true,
  };
}

/**
 * What the medium itself says. For USB, lsblk hands on what udev makes up where the descriptor has none, the same for
 * all sticks of a kind; and the serial of a reader with several slots is nothing that a card in it would have.
 */
function serialOf(device: LsblkDevice, sysfs: SysfsFacts | undefined): string | null {
  if (isOnUsb(device)) return sysfs?.usb?.drives === 1 ? sysfs.usb.serial : null;
  return device.serial ?? sysfs?.card.serial ?? null;
}

/** udev makes links of what it makes up, too: the last stick of a kind that was plugged in takes them from the others. */
function hasOwnLinks(device: LsblkDevice, sysfs: SysfsFacts | undefined): boolean {
  return !isOnUsb(device) || (sysfs?.usb?.serial ?? null) !== null;
}

function isOnUsb({ tran, subsystems }: LsblkDevice): boolean {
  return tran?.toLowerCase() === "usb" || (subsystems?.split(":").includes("usb") ?? false);
}

/**
 * Makers give whole batches of sticks and readers one serial. Of two that are plugged in it tells nothing, and the links
 * that udev makes of it go from one to the other whenever it looks at one of them.
 */
function withoutSharedSerials(readings: Readings): Readings {
  const usb = [...readings.sysfs.values()].flatMap((facts) => (facts.usb ? [facts.usb] : []));
  const devicesOf = (serial: string) =>
    new Set(usb.filter((one) => one.serial === serial).map((one) => one.device));
  const isShared = (serial: string | null) => serial !== null && devicesOf(serial).size > 1;
  const sysfs = [...readings.sysfs].map(([name, facts]): [string, SysfsFacts] =>
    facts.usb && isShared(facts.usb.serial)
      ? [name, { ...facts, usb: { ...facts.usb, serial: null } }]
      : [name, facts],
  );
  return { ...readings, sysfs: new Map(sysfs) };
}

/** The link that names vendor and model, before one that is only a number. */
function preferredLink(links: string[] | undefined): string | null {
  const sorted = links?.toSorted() ?? [];
  return sorted.find((link) => !/^(wwn-|nvme-eui\.|scsi-\d)/.test(link)) ?? sorted[0] ?? null;
}

/** Finds the devices under mounts and paths. When in doubt it names too many, never too few. */
function placer(readings: Readings) {
  const { lsblk, mounts, btrfs, aliases } = readings;
  const nameByNumber = new Map(lsblk.map((device) => [device["maj:min"], kernelName(device.kname)]));
  const nameByPath = new Map(
    lsblk.flatMap((device) =>
      [device.name, device.kname].map((path) => [path, kernelName(device.kname)] as const),
    ),
  );
  const nameOf = (path: string) => nameByPath.get(aliases.get(path) ?? path);

  function ofMount(line: MountLine, visited = new Set<MountLine>()): string[] {
    if (visited.has(line)) return [];
    visited.add(line);
    if (line.filesystem === "overlay") return overlayLayers(line).flatMap((path) => ofPath(path, visited));
    if (line.filesystem === "zfs") {
      return lsblk
        .filter((device) => device.fstype === "zfs_member")
        .map((device) => kernelName(device.kname));
    }
    // A bcachefs source lists its members, parted by colons.
    const named = [nameByNumber.get(line.number), ...line.source.split(":").map(nameOf)];
    const direct = [...new Set(named.filter((name) => name !== undefined))];
    return line.filesystem === "btrfs" ? ofBtrfs(direct) : direct;
  }

  /** By the number of a file system on one device; of one on several, the kernel itself writes the source. */
  function certain({ number, filesystem, source }: MountLine): string[] {
    const numbered = nameByNumber.get(number);
    if (numbered !== undefined) return [numbered];
    if (filesystem !== "btrfs" && filesystem !== "bcachefs") return [];
    const direct = source
      .split(":")
      .map(nameOf)
      .filter((name) => name !== undefined);
    return filesystem === "btrfs" && direct.length > 0 ? ofBtrfs(direct) : direct;
  }

  function ofBtrfs(direct: string[]): string[] {
    const groups = btrfs.filter(
      (group) => direct.length === 0 || group.some((name) => direct.includes(name)),
    );
    return [...new Set([...direct, ...groups.flat()])];
  }

  function ofPath(path: string, visited = new Set<MountLine>()): string[] {
    const device = nameOf(path);
    if (device !== undefined) return [device];
    const covering = mounts.reduce<MountLine | null>(
      (best, line) =>
        covers(line.target, path) && line.target.length >= (best?.target.length ?? 0) ? line : best,
      null,
    );
    return covering ? ofMount(covering, visited) : [];
  }

  return { certain, ofMount: (line: MountLine) => ofMount(line), ofPath: (path: string) => ofPath(path) };
}

function covers(target: string, path: string): boolean {
  return target === "/" || path === target || path.startsWith(`${target}/`);
}

function overlayLayers(line: MountLine): string[] {
  return line.options.split(",").flatMap((option) => {
    const [, paths] = /^(?:lowerdir\+?|upperdir|workdir)=(.*)$/.exec(option) ?? [];
    return paths?.split(":").filter(Boolean) ?? [];
  });
}
