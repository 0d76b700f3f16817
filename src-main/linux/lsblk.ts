import { z } from "zod";
import { invisible } from "#contract/harmless.ts";

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
/** A stick says of itself what it likes: without what nobody sees it cannot rewrite a terminal's line. */
export function plainWord(text: string): string | null {
  return text.replace(invisible, "").trim() || null;
}
const text = z
  .string()
  .nullish()
  .transform((value) => plainWord(value ?? ""));

const no = (flag: z.ZodType<boolean>) => flag.catch(false);
const odd = text.catch(null);

/** Of a device that has a name, whatever else is odd is as if it were not told. */
const node = z.object({
  /** With `--paths`: `/dev/mapper/root`, where the kernel says `/dev/dm-0`. */
  name: z.string(),
  kname: z.string(),
  "maj:min": z.string().transform((value) => value.trim()),
  type: z.string().catch("unknown"),
  size: count.nullish().transform((value) => value ?? 0),
  ro: flag,
  rm: no(flag),
  hotplug: no(flag.nullish().transform((value) => value ?? false)),
  tran: odd,
  subsystems: odd,
  "log-sec": count.nullish().transform((value) => value ?? 512),
  vendor: odd,
  model: odd,
  serial: odd,
  wwn: odd,
  label: odd,
  partlabel: odd,
  fstype: odd,
});
const children = z.object({ children: z.array(z.unknown()).nullish() });
const tree = z.object({ blockdevices: z.array(z.unknown()) });

export type LsblkDevice = z.output<typeof node> & { parents: string[] };

/** Old versions print control characters of a label as they are, which no JSON may hold. */
function parseJson(stdout: string): unknown {
  return JSON.parse(stdout.replace(/\p{Cc}/gu, " "));
}

/**
 * Every device once, though lsblk repeats an array under each of its members. Keyed by kernel path. One that cannot be
 * understood is left out, and what lies on it counts as lying on what it lies on itself.
 */
export function parseLsblk(stdout: string): LsblkDevice[] {
  const byPath = new Map<string, LsblkDevice>();
  const visit = (told: unknown, parent: string | null): void => {
    const { data: own } = node.safeParse(told);
    if (own) {
      const device = byPath.get(own.kname) ?? { ...own, parents: [] };
      byPath.set(own.kname, device);
      if (parent !== null && !device.parents.includes(parent)) device.parents.push(parent);
    }
    for (const child of children.safeParse(told).data?.children ?? []) visit(child, own?.kname ?? parent);
  };
  for (const root of tree.parse(parseJson(stdout)).blockdevices) visit(root, null);
  return [...byPath.values()];
}

/** A device's name in sysfs, where `cciss/c0d0` is written `cciss!c0d0`. */
export function kernelName(path: string): string {
  return path.replace(/^\/dev\//, "").replaceAll("/", "!");
}
