/** Folders and files as tar streams, by the system's own tar. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { cancelled } from "#contract/errors.ts";
import type { MediumFile } from "#contract/writer.ts";

export async function* archiveFolder(folder: string, signal: AbortSignal): AsyncIterable<Buffer> {
  const child = execa("tar", ["--create", "--directory", folder, "--owner=0", "--group=0", "."], {
    cancelSignal: signal,
    reject: false,
    stdin: "ignore",
    encoding: "buffer",
    buffer: { stdout: false },
  });
  for await (const chunk of child.iterable({ from: "stdout", binary: true })) yield Buffer.from(chunk);
  const { failed, stderr } = await child;
  if (signal.aborted) throw cancelled("Copying");
  if (failed) throw new Error(`tar cannot read ${folder}: ${Buffer.from(stderr ?? []).toString()}`);
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
