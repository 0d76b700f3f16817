import { z } from "zod";

/**
 * `quick` looks whether the drive holds as much as it says, and leaves what is on it. `full` writes all of it and
 * reads it back.
 */
export const testMode = z.enum(["quick", "full"]);
export type TestMode = z.infer<typeof testMode>;

/** All of a drive, or only up to the end of its last partition. */
export const savedPart = z.enum(["all", "used"]);

/**
 * Where a drive may be saved. What a page or a program asks for ends as an image does and is hidden from nobody, so
 * that no drive's bytes become a file that a shell or a program reads by itself.
 */
export const savedImagePath = z
  .string()
  .max(4096)
  .regex(/^\//, "This is no path from the root on, as /home/ada/card.img.zst.")
  .regex(
    /\/[^./][^/]*\.(img|iso|raw|bin|wic|sdcard|dd|zst)$/i,
    "An image’s name ends in .img for a raw one or in .zst for a packed one, and begins with no dot.",
  );

/**
 * A label that every system takes: exFAT and FAT have room for eleven. FAT drops blanks at its end, and calls a drive
 * that has none NO NAME.
 */
export const driveLabel = z.string().regex(/^(?!NO NAME$)[A-Z0-9](?:[A-Z0-9 _-]{0,9}[A-Z0-9_-])?$/);

/** Bytes per second, over parts of the drive of the same size. */
const pace = z.object({ slowest: z.number(), median: z.number() });
export type Pace = z.infer<typeof pace>;

/** What a test found of a drive that passed; what a bad one has is an error. */
export const driveReport = z.object({
  mode: testMode,
  sizeBytes: z.number().int(),
  /** How much was written and read back the same. */
  checkedBytes: z.number().int(),
  seconds: z.number(),
  /** Null after a quick test, which is too short to tell. */
  pace: z.object({ write: pace, read: pace }).nullable(),
});
export type DriveReport = z.infer<typeof driveReport>;

/** Said wherever a saved drive is: the file can be passed on by hand. */
export const SAVED_SECRETS =
  "Only you can read the file: of a device’s card it holds the private host key, and perhaps a Wi-Fi passphrase.";

export const savedDrive = z.object({
  path: z.string(),
  part: savedPart,
  /** What the image unpacks to. */
  sizeBytes: z.number().int(),
  fileBytes: z.number().int(),
  /** Of the file, as `sha256sum` tells it. */
  sha256: z.string(),
  seconds: z.number(),
});
export type SavedDrive = z.infer<typeof savedDrive>;

export const restoredDrive = z.object({
  filesystem: z.enum(["exFAT", "FAT"]),
  label: z.string(),
  sizeBytes: z.number().int(),
});
export type RestoredDrive = z.infer<typeof restoredDrive>;
