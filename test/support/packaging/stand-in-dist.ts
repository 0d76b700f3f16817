import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** How Electron marks its fuses in its program; then come their version, their number and one byte each. */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSES = "101100111";

/** A folder that the packager takes for Electron's distribution: it has the fuses, and runs nothing. */
export async function createStandInDist(folder: string): Promise<string> {
  await mkdir(join(folder, "resources"), { recursive: true });
  await mkdir(join(folder, "locales"));
  const fuses = Buffer.concat([
    Buffer.from(FUSE_SENTINEL),
    Buffer.from([1, FUSES.length]),
    Buffer.from(FUSES),
  ]);
  await writeFile(join(folder, "electron"), Buffer.concat([Buffer.from("#!/bin/false\n"), fuses]), {
    mode: 0o755,
  });
  await writeFile(join(folder, "locales/en-US.pak"), "");
  await writeFile(join(folder, "version"), "stand-in");
  return folder;
}
