import { z } from "zod";

/** Columns that every lsblk since 2.27 knows; what later ones add is read from sysfs. */
export const lsblkColumns = [
  "NAME,KNAME,MAJ:MIN,TYPE,SIZE,RO,RM,HOTPLUG,TRAN,SUBSYSTEMS,LOG-SEC",
  "VENDOR,MODEL,SERIAL,WWN,LABEL,PARTLABEL,FSTYPE",
].join(",");

/** Older versions print every value as a string, numbers and flags too. */
const count = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number);
const flag = z
  .union([z.boolean(), z.literal(["0", "1"])])
  .transform((value) => value === true || value === "1");
/** A stick says of itself what it likes: without control and direction marks it cannot rewrite a terminal's line. */
const invisible = /[\p{Cc}\p{Cf}]/gu;
export function plainWord(text: string): string | null {
  return text.replace(invisible, "").trim() || null;
}
const text = z
  .string()
  .nullish()
  .transform((value) => plainWord(value ?? ""));

const node = z.object({
  /** With `--paths`: `/dev/mapper/root`, where the kernel says `/dev/dm-0`. */
  name: z.string(),
  kname: z.string(),
  "maj:min": z.string().transform((value) => value.trim()),
  type: z.string(),
  size: count.nullish().transform((value) => value ?? 0),
  ro: flag,
  rm: flag,
  hotplug: flag.nullish().transform((value) => value ?? false),
  tran: text,
  subsystems: text,
  "log-sec": count.nullish().transform((value) => value ?? 512),
  vendor: text,
  model: text,
  serial: text,
  wwn: text,
  label: text,
  partlabel: text,
  fstype: text,
  get children() {
    return z.array(node).nullish();
  },
});
type Node = z.output<typeof node>;

export type LsblkDevice = Omit<Node, "children"> & { parents: string[] };

/** Every device once, though lsblk repeats an array under each of its members. Keyed by kernel path. */
export function parseLsblk(stdout: string): LsblkDevice[] {
  const tree = z.object({ blockdevices: z.array(node) }).parse(JSON.parse(stdout));
  const byPath = new Map<string, LsblkDevice>();
  const visit = ({ children, ...own }: Node, parent: string | null): void => {
    const device = byPath.get(own.kname) ?? { ...own, parents: [] };
    byPath.set(own.kname, device);
    if (parent !== null && !device.parents.includes(parent)) device.parents.push(parent);
    for (const child of children ?? []) visit(child, own.kname);
  };
  for (const root of tree.blockdevices) visit(root, null);
  return [...byPath.values()];
}

/** A device's name in sysfs, where `cciss/c0d0` is written `cciss!c0d0`. */
export function kernelName(path: string): string {
  return path.replace(/^\/dev\//, "").replaceAll("/", "!");
}
