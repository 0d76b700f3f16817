import type { DriveIdentity } from "#contract/drives.ts";
import type { WriterJob } from "#contract/writer.ts";
import { formatMediumSize } from "../text/format.ts";

/** What is done to a drive, in the word that the password dialog has for it. */
const acts = { flash: "erase", test: "test", save: "read", restore: "erase", identity: "read" } as const;

/** A job that is done on drives. */
export type DriveJob = Extract<WriterJob, { job: keyof typeof acts }>;

export function drivesOf(job: DriveJob): DriveIdentity[] {
  return job.job === "flash" ? job.targets.map(({ drive }) => drive) : [job.drive];
}

/**
 * What a person agrees to with their password, a line for each drive. The elevated writer is told these lines by whoever
 * asked for the password, and opens no drive that they do not name.
 */
export function agreementOf(job: DriveJob): string[] {
  const act = job.job === "test" && job.mode === "full" ? "erase" : acts[job.job];
  return drivesOf(job).map((drive) => `${act} ${describe(drive)}`);
}

function describe({ path, model, serial, sizeBytes }: DriveIdentity): string {
  const facts = [path, model, formatMediumSize(sizeBytes), serial && `serial ${serial}`];
  return facts
    .filter(Boolean)
    .map((fact) => harmless(String(fact)))
    .join(", ");
}

/** A drive says of itself what it likes: nothing of it is markup, a line of its own or a variable of polkit's. */
function harmless(fact: string): string {
  return fact.replace(/[^\p{L}\p{N} ._:/+-]/gu, "_");
}
