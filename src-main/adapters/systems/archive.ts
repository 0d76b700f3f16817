/** Folders and files as tar streams, by the system's own tar. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import type { MediumFile } from "#contract/writer.ts";
import { outputOf } from "./output-of.ts";

export function archiveFolder(folder: string, signal: AbortSignal): AsyncIterable<Buffer> {
  const args = ["--create", "--directory", folder, "--owner=0", "--group=0", "."];
  return outputOf({ file: "tar", args }, signal, (stderr) => unreadable(folder, stderr));
}

function unreadable(folder: string, stderr: string): FloppyError {
  return new FloppyError(
    "COMPUTER_FAILED",
    `tar cannot read ${folder}: ${stderr.trim().split("\n").at(-1) || "it did not say why"}`,
    "Nothing was changed on the machine by this. See to the folder and its disk, then retry this phase.",
    { folder, stderr },
  );
}

/** Plain names, no folders. They may be secrets, so they lie where only this user reads, and not for long. */
export async function* archiveFiles(files: MediumFile[], signal: AbortSignal): AsyncIterable<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "floppy-"));
  try {
    for (const { path, content } of files) await writeFile(join(folder, path), content, { mode: 0o600 });
    yield* archiveFolder(folder, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
