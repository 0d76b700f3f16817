/** The disks of a target, as its own lsblk and udev tell of them. All of it is a stranger's word. */
import { z } from "zod";
import type { Volume } from "#contract/drives.ts";
import type { TargetDisk } from "#contract/targets.ts";
import { readable } from "../text/readable.ts";

const SECTOR_BYTES = 512;
/** A machine has a few disks with a few partitions; whoever claims more is not believed. */
const MOST_DISKS = 64;
const MOST_DEVICES = 4096;
const MOST_VOLUMES = 256;
const LONGEST_TEXT = 80;

export const lsblkCommand = [
  "lsblk",
  "--json",
  "--bytes",
  "--paths",
  "--output",
  // Without a name lsblk draws no tree.
  "NAME,PATH,TYPE,SIZE,RO,TRAN,VENDOR,MODEL,SERIAL,WWN,LABEL,PARTLABEL,PARTTYPENAME,FSTYPE,MOUNTPOINTS,START",
];

/** Every name by which udev knows a device, one a line: folder, name, device. */
export const linksCommand = [
  "find",
  "/dev/disk/by-id",
  "/dev/disk/by-path",
  "-type",
  "l",
  "-printf",
  "%h\\t%f\\t%l\\n",
];

const text = z
  .string()
  .nullish()
  .transform((value) => readable(value ?? "", LONGEST_TEXT) || null);
/** A disk's; a mapping on it may be called as it likes. */
const diskPath = /^\/dev\/[A-Za-z0-9!/._-]+$/;
const count = z.number().int().nonnegative().nullish();

const node = z.object({
  path: z.string(),
  type: z.string(),
  size: count.transform((value) => value ?? 0),
  ro: z.boolean(),
  tran: text,
  vendor: text,
  model: text,
  serial: text,
  wwn: text,
  label: text,
  partlabel: text,
  parttypename: text,
  fstype: text,
  mountpoints: z
    .array(z.string().nullable())
    .transform((points) => points.filter((point) => point !== null).map((point) => readable(point, 300))),
  start: count,
  children: z.array(z.unknown()).max(MOST_VOLUMES).optional(),
});
type Node = Omit<z.output<typeof node>, "children"> & {
  children: Node[];
  /** Something on it was not understood: it may be in use, and is not to be chosen. */
  isOdd: boolean;
};

const tree = z.object({ blockdevices: z.array(z.unknown()).max(MOST_DEVICES) });

/** Each for itself, so that one that is odd loses none of the others; null for such a one. */
function parseNode(told: unknown): Node | null {
  const parsed = node.safeParse(told);
  if (!parsed.success) return null;
  const { children: below = [], ...own } = parsed.data;
  const children = below.map(parseNode);
  const known = children.filter((child) => child !== null);
  const isOdd = known.length < children.length || known.some((child) => child.isOdd);
  return { ...own, children: known, isOdd };
}

/** Names that udev makes of what the hardware says of itself: no character that a shell or a terminal would mind. */
const linkName = /^[A-Za-z0-9+:._@#-]{1,200}$/;

type Links = { byId: Map<string, string>; byPath: Map<string, string> };

function parseLinks(stdout: string): Links {
  const links: Links = { byId: new Map(), byPath: new Map() };
  for (const line of stdout.split("\n")) {
    const [folder, name = "", target = ""] = line.split("\t");
    const device = `/dev/${target.slice(target.lastIndexOf("/") + 1)}`;
    if (!linkName.test(name)) continue;
    const names = folder === "/dev/disk/by-id" ? links.byId : links.byPath;
    // Several name the same disk; that of the bus says more than the bare world wide name.
    const known = names.get(device);
    if (known === undefined || /^(wwn|nvme-eui|scsi-3)/.test(known)) names.set(device, name);
  }
  return links;
}

function withAllBelow(of: Node): Node[] {
  return [of, ...of.children.flatMap(withAllBelow)];
}

function toVolume(of: Node): Volume {
  return {
    path: readable(of.path, LONGEST_TEXT),
    label: of.label ?? of.partlabel ?? of.parttypename,
    filesystem: of.fstype,
    offset: of.start === null || of.start === undefined ? null : of.start * SECTOR_BYTES,
    sizeBytes: of.size,
    mountpoints: [...new Set(withAllBelow(of).flatMap(({ mountpoints }) => mountpoints))],
  };
}

function volumesOf(disk: Node): Volume[] {
  const partitions = disk.children.filter(({ type }) => type === "part").map(toVolume);
  if (partitions.length > 0)
    return partitions.toSorted((one, other) => (one.offset ?? 0) - (other.offset ?? 0));
  return disk.fstype === null && disk.mountpoints.length === 0 ? [] : [{ ...toVolume(disk), offset: 0 }];
}

function nameOf({ model, vendor, tran }: Node): string {
  const maker = vendor === null || /^(0x|ATA$)/i.test(vendor) ? "" : vendor;
  const known = (model ?? "").replaceAll("_", " ");
  const name = known.toLowerCase().startsWith(maker.toLowerCase()) ? known : `${maker} ${known}`;
  return name.trim() || (tran === "usb" ? "USB disk" : "Disk");
}

function transportOf({ tran, path }: Node): TargetDisk["transport"] {
  if (path.startsWith("/dev/mmcblk")) return "mmc";
  return tran === "usb" || tran === "sata" || tran === "nvme" ? tran : "other";
}

/** Of a USB disk whose descriptor has none, udev tells vendor, model and unit instead: the same for all of a kind. */
function isMadeUp({ tran, serial }: Node): boolean {
  return tran === "usb" && /-\d+:\d+$/.test(serial ?? "");
}

/** The link is made of the serial: what is made up goes to the last disk of a kind that was plugged in. */
function byIdOf(disk: Node, { byId }: Links): string | null {
  return isMadeUp(disk) ? null : (byId.get(disk.path) ?? null);
}

/** What is mounted below this belongs to an attempt that is made again, not to the running system. */
const OUR_ROOT = /^\/mnt(\/|$)/;

function refusalOf(disk: Node, links: Links, leastBytes: number): string | null {
  const all = withAllBelow(disk);
  if (all.some(({ label, fstype }) => label === "FLOPPY" && fstype === "vfat"))
    return "This run’s stick. It cannot be chosen.";
  if (disk.isOdd) return "What is on it could not be understood, so it may be in use.";
  if (disk.ro) return "Read-only.";
  if (all.some(({ mountpoints }) => mountpoints.some((point) => !OUR_ROOT.test(point))))
    return "In use by the running system.";
  if (disk.size < leastBytes) return "Too small for the system.";
  if (byIdOf(disk, links) === null && !links.byPath.has(disk.path))
    return "It has no name by which it could be told from another disk.";
  return null;
}

function toDisk(disk: Node, links: Links, leastBytes: number): TargetDisk {
  const serial = isMadeUp(disk) ? null : disk.serial;
  const byId = byIdOf(disk, links);
  const identity = {
    path: disk.path,
    byId,
    serial,
    wwn: disk.wwn,
    model: disk.model,
    sizeBytes: disk.size,
    diskSequence: null,
  };
  return {
    key: [byId ?? `path:${links.byPath.get(disk.path) ?? ""}`, serial ?? "", disk.size].join("/"),
    name: nameOf(disk),
    identity,
    transport: transportOf(disk),
    volumes: volumesOf(disk),
    refusal: refusalOf(disk, links, leastBytes),
  };
}

/** Not disks: what the live system itself is made of, and drives without a medium. */
function isDisk({ type, path, size }: Node): boolean {
  return type === "disk" && size > 0 && diskPath.test(path) && !/^\/dev\/(zram|ram|fd|nbd|loop)\d/.test(path);
}

/** A disk that is odd itself is left out. Throws where the target's word is no such list. */
export function readDisks(lsblk: string, links: string, leastBytes: number): TargetDisk[] {
  const known = parseLinks(links);
  const told = tree.parse(JSON.parse(lsblk)).blockdevices.map(parseNode);
  const disks = told.filter((device) => device !== null).filter(isDisk);
  if (disks.length > MOST_DISKS) throw new Error(`${disks.length} disks are too many to be true`);
  return disks.map((disk) => toDisk(disk, known, leastBytes));
}

/** The name by which commands call a disk: one that stays with it, never the kernel's. */
export function stableName({ key, identity }: TargetDisk): string {
  if (identity.byId !== null) return `/dev/disk/by-id/${identity.byId}`;
  return `/dev/disk/by-path/${key.slice("path:".length, key.indexOf("/"))}`;
}
