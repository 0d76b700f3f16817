import { z } from "zod";

/** What ends up on a command line or in a mount table of the target: names, never anything a shell would read. */
const word = z.string().regex(/^[A-Za-z0-9@][A-Za-z0-9@=:._-]*$/);
const folder = z.string().regex(/^\/[A-Za-z0-9._/-]*$/);

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
    label: word.max(11),
  }),
  z.object({ type: z.literal("btrfs"), label: word.max(255) }),
]);

const layoutPartition = z.object({
  /** The partition's name in the table, by which the installed system finds it. */
  label: word.max(36),
  /** Its type's GUID. */
  type: z.guid(),
  /** Null: the rest of the disk. */
  sizeMiB: z.number().int().positive().nullable(),
  fileSystem,
  /** Parents before what is mounted below them. */
  mounts: z.array(mount),
});
export type LayoutPartition = z.infer<typeof layoutPartition>;

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
    ),
});
export type Layout = z.infer<typeof layout>;
