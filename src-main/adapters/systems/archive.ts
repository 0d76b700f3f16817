/** Folders and files as tar streams. */
import { FloppyError } from "#contract/errors.ts";
import type { MediumFile } from "#contract/writer.ts";
import { outputOf } from "./output-of.ts";

/** By the system's own tar. */
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

const BLOCK = 512;

/** Plain names, no folders. They may be secrets, and no tar packs what is no file: so they are packed in memory. */
export async function* archiveFiles(files: MediumFile[]): AsyncIterable<Buffer> {
  for (const { path, content } of files) {
    const bytes = Buffer.from(content);
    yield tarHeader(path, bytes.length);
    yield bytes;
    yield Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** As POSIX has it (ustar): a file that root owns and nobody else reads. */
function tarHeader(name: string, sizeBytes: number): Buffer {
  if (!/^[\w.-]{1,99}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no plain name.`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, "0"), at);
  header.write(name, 0);
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(sizeBytes, 124, 11);
  octal(Math.floor(Date.now() / 1000), 136, 11);
  // The sum of all bytes, in which it counts as blanks itself.
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header.writeUInt8(0, 154);
  return header;
}
