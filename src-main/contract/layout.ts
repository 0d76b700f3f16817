import { z } from "zod";

/** What ends up on a command line or in a mount table of the target: names, never anything a shell would read. */
const word = z.string().regex(/^[A-Za-z0-9@][A-Za-z0-9@=:._-]*$/);
/** From the new root on, and never out of it again. */
const folder = z.string().regex(/^\/$|^(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)+$/);
/** For sgdisk a colon ends it. */
const partitionLabel = z.string().regex(/^[A-Za-z0-9@][A-Za-z0-9@=._-]{0,35}$/);
/** What mkfs.vfat takes of a word. */
const fatLabel = z.string().regex(/^[A-Za-z0-9@][A-Za-z0-9@_-]{0,10}$/);

/** MiB of a partition below or above which its mkfs refuses, when the disk is erased already. */
const room = {
  fat16: { least: 16, most: 4095 },
  fat32: { least: 33, most: Number.POSITIVE_INFINITY },
  btrfs: { least: 109, most: Number.POSITIVE_INFINITY },
};

const mount = z.object({
  mountPoint: folder,
  /** Of a Btrfs file system. */
  subvolume: word.optional(),
  options: z.array(word),
});
export type LayoutMount = z.infer<typeof mount>;

const fileSystem = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("vfat"),
    fatBits: z.union([z.literal(16), z.literal(32)]),
    label: fatLabel,
  }),
  z.object({ type: z.literal("btrfs"), label: word.max(255) }),
]);

const layoutPartition = z
  .object({
    /** The partition's name in the table, by which the installed system finds it. */
    label: partitionLabel,
    /** Its type's GUID. */
    type: z.guid(),
    /** Null: the rest of the disk. */
    sizeMiB: z.number().int().positive().nullable(),
    fileSystem,
    /** Parents before what is mounted below them. */
    mounts: z.array(mount),
  })
  .refine(hasRoom, "Its file system cannot be made in a partition of this size.");
export type LayoutPartition = z.infer<typeof layoutPartition>;

type Sized = { sizeMiB: number | null; fileSystem: z.infer<typeof fileSystem> };

function hasRoom({ sizeMiB, fileSystem }: Sized): boolean {
  const { least, most } = room[fileSystem.type === "btrfs" ? "btrfs" : (`fat${fileSystem.fatBits}` as const)];
  return sizeMiB === null ? most === Number.POSITIVE_INFINITY : sizeMiB >= least && sizeMiB <= most;
}

/** How a disk is laid out: the flake's output `floppy.layout`. Partitions lie on the disk in this order. */
export const layout = z.object({
  table: z.literal("gpt"),
  partitions: z
    .array(layoutPartition)
    .min(1)
    .max(16)
    .refine(
      (partitions) => partitions.slice(0, -1).every(({ sizeMiB }) => sizeMiB !== null),
      "Only the last partition may take the rest of the disk.",
    )
    .refine(
      (partitions) => new Set(partitions.map(({ label }) => label)).size === partitions.length,
      "Two partitions have the same name.",
    ),
});
export type Layout = z.infer<typeof layout>;
