import { FloppyError } from "#contract/errors.ts";
import { type WriterJob, writerJob } from "#contract/writer.ts";

export type ParsedJob = { ok: true; job: WriterJob } | { ok: false; error: FloppyError };

/** The first line on stdin. An error never quotes it: it may hold a private key. */
export function parseJob(line: string): ParsedJob {
  try {
    const parsed = writerJob.safeParse(JSON.parse(line));
    if (parsed.success) return { ok: true, job: parsed.data };
    const paths = parsed.error.issues.map((issue) => issue.path.join(".") || "job");
    return { ok: false, error: badJob(`these fields are wrong: ${[...new Set(paths)].join(", ")}`) };
  } catch {
    return { ok: false, error: badJob("it is no JSON") };
  }
}

export function badJob(reason: string): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    `The writer was given a job that it does not understand: ${reason}.`,
    "Nothing was written.",
  );
}
