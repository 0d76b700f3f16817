import { z } from "zod";

/** What a drive is recognised by. The writer compares all of it again before the first byte. */
export const driveIdentity = z.object({
  /** `/dev/sdb`, or the file of a practice drive that is not attached. */
  path: z.string(),
  byId: z.string().nullable(),
  serial: z.string().nullable(),
  wwn: z.string().nullable(),
  model: z.string().nullable(),
  sizeBytes: z.number().int().nonnegative(),
  /** The kernel's counter of attached disks: another stick, or the same one plugged again, has another number. */
  diskSequence: z.number().int().nullable(),
});
export type DriveIdentity = z.infer<typeof driveIdentity>;

/** Something on the drive that a write would destroy. Offsets and sizes in bytes. */
export const volume = z.object({
  path: z.string(),
  label: z.string().nullable(),
  filesystem: z.string().nullable(),
  offset: z.number().int().nonnegative().nullable(),
  sizeBytes: z.number().int().nonnegative(),
  mountpoints: z.array(z.string()),
});
export type Volume = z.infer<typeof volume>;

export const transport = z.enum(["usb", "mmc", "sata", "nvme", "loop", "file", "other"]);

export const drive = z.object({
  /** Stays the same while the same drive stays plugged in, whatever is mounted. */
  key: z.string(),
  /** As a person would call it: `SanDisk Ultra`. */
  name: z.string(),
  identity: driveIdentity,
  kind: z.enum(["removable", "practice"]),
  transport,
  /** The physical port (`by-path` name), if known. */
  port: z.string().nullable(),
  readOnly: z.boolean(),
  /** Whether this process may open the drive for writing without elevation. */
  writable: z.boolean(),
  volumes: z.array(volume),
});
export type Drive = z.infer<typeof drive>;

export type DriveVerdict =
  | { verdict: "ok" }
  | { verdict: "warning"; reason: string }
  | {
      verdict: "refused";
      code: "DRIVE_READ_ONLY" | "IMAGE_TOO_LARGE" | "IMAGE_FOR_PRACTICE";
      reason: string;
    };

/** Cards and sticks are seldom larger; what is larger is more often somebody's backup disk. */
const LARGE_DRIVE_BYTES = 256e9;

/** Whether a drive suits an image of `imageBytes` (null while the size is not known yet), or one to practise with. */
export function assessDrive(candidate: Drive, imageBytes: number | null, forPractice = false): DriveVerdict {
  const { sizeBytes } = candidate.identity;
  if (forPractice && candidate.kind !== "practice") {
    return {
      verdict: "refused",
      code: "IMAGE_FOR_PRACTICE",
      reason: "The practice image goes to practice drives alone.",
    };
  }
  if (candidate.readOnly) {
    return {
      verdict: "refused",
      code: "DRIVE_READ_ONLY",
      reason: "Read-only. Slide the lock on the card’s side.",
    };
  }
  if (imageBytes !== null && imageBytes > sizeBytes) {
    return { verdict: "refused", code: "IMAGE_TOO_LARGE", reason: "Too small for this image." };
  }
  if (sizeBytes > LARGE_DRIVE_BYTES) {
    return { verdict: "warning", reason: "Over 256 GB: make sure that this is not a backup disk." };
  }
  return { verdict: "ok" };
}
