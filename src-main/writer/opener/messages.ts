import { z } from "zod";
import { errorData } from "#contract/errors.ts";

/** A drive as the opener hands it over: open, by the numbers of its descriptors, or refused. */
const handedDrive = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("opened"),
    path: z.string(),
    /** By which the writer names it to the opener. */
    index: z.number().int().nonnegative(),
    descriptor: z.number().int(),
  }),
  z.object({ outcome: z.literal("refused"), path: z.string(), error: errorData }),
]);
export type HandedDrive = z.infer<typeof handedDrive>;

/** Set for a writer that is to wait for its drives. */
export const HANDED = "FLOPPY_HANDED";

/** The opener's first word. */
export const handedDrives = z.object({ drives: z.array(handedDrive) });

/**
 * All that a writer may ask of its opener, of drives that it was handed: to have the kernel ask the drive for its medium,
 * which takes an opening; and to let go of it.
 */
export const openerRequest = z.strictObject({
  act: z.enum(["ask", "close"]),
  index: z.number().int().nonnegative(),
  id: z.number().int(),
});
export type OpenerRequest = z.infer<typeof openerRequest>;

export const openerAnswer = z.object({ id: z.number().int(), done: z.boolean() });
