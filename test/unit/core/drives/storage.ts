import type { BlockDevices, PlainFile } from "#core/drives/block-devices.ts";
import { assemble, type SysfsFacts } from "#linux/assemble.ts";
import { kernelName, parseLsblk } from "#linux/lsblk.ts";
import { parseMountinfo } from "#linux/mounts.ts";

/** A device in lsblk's tree. `is` gives columns that differ from those of a plain internal disk. */
export type Node = { name: string; is?: Record<string, unknown>; children?: Node[] };

type Storage = {
  tree: Node[];
  /** `[device or other source, target, file system, options, device by number]`, in the order of mounting. */
  mounts?: [string, string, string?, string?, string?][];
  swaps?: string[];
  sysfs?: Record<string, Partial<SysfsFacts>>;
  byId?: Record<string, string[]>;
  byPath?: Record<string, string[]>;
  btrfs?: string[][];
  aliases?: Record<string, string>;
  files?: PlainFile[];
};

const noFacts: SysfsFacts = {
  diskSequence: null,
  startSectors: null,
  backingFile: null,
  card: { type: null, name: null, serial: null },
  usb: null,
  settled: true,
};

export const GB = 1e9;

export const usb = { tran: "usb", rm: true, hotplug: true, subsystems: "block:scsi:usb:pci", size: 32 * GB };
export const sata = { tran: "sata", subsystems: "block:scsi:pci", size: 500 * GB };
export const nvme = { tran: "nvme", subsystems: "block:nvme:pci", size: 500 * GB };
export const mmc = { subsystems: "block:mmc:mmc_host:pci", hotplug: true, size: 32 * GB };

export function disk(name: string, is: Record<string, unknown>, children: Node[] = []): Node {
  return { name, is: { type: "disk", ...is }, children };
}

export function part(name: string, is: Record<string, unknown> = {}, children: Node[] = []): Node {
  return { name, is: { type: "part", ...is }, children };
}

/** The machine's storage, put together from lsblk's JSON and mountinfo by the code that does it for real. */
export function storage(machine: Storage): BlockDevices {
  const numbers = new Map<string, string>();
  const lsblk = parseLsblk(
    JSON.stringify({ blockdevices: machine.tree.map((node) => toJson(node, numbers)) }),
  );
  const mountinfo = (machine.mounts ?? []).map(
    ([source, target, filesystem = "ext4", options = "rw", device = source], line) => {
      const number = filesystem === "btrfs" ? undefined : numbers.get(device);
      const path = numbers.has(source) ? `/dev/${source}` : source;
      return `${line + 20} 1 ${number ?? `0:${line + 40}`} / ${target} rw shared:1 - ${filesystem} ${path} ${options}`;
    },
  );
  return assemble({
    lsblk,
    mounts: parseMountinfo(mountinfo.join("\n")).map((line) => ({ ...line, elsewhere: false })),
    swaps: machine.swaps ?? [],
    sysfs: new Map(
      lsblk.map(({ kname, tran, serial }) => {
        const name = kernelName(kname);
        const usb = tran === "usb" ? { device: `/sys/devices/${name}`, serial, drives: 1 } : null;
        return [name, { ...noFacts, usb, ...machine.sysfs?.[name] }];
      }),
    ),
    byId: byKernelPath(machine.byId),
    byPath: byKernelPath(machine.byPath),
    btrfs: machine.btrfs ?? [],
    aliases: new Map(Object.entries(machine.aliases ?? {})),
    files: machine.files ?? [],
  });
}

function byKernelPath(links: Record<string, string[]> = {}): Map<string, string[]> {
  return new Map(Object.entries(links).map(([name, list]) => [`/dev/${name}`, list]));
}

function toJson({ name, is, children = [] }: Node, numbers: Map<string, string>): Record<string, unknown> {
  if (!numbers.has(name)) numbers.set(name, `8:${numbers.size}`);
  return {
    name: `/dev/${name}`,
    kname: `/dev/${name}`,
    "maj:min": numbers.get(name),
    size: 1 * GB,
    ro: false,
    rm: false,
    hotplug: false,
    ...is,
    children: children.map((child) => toJson(child, numbers)),
  };
}
