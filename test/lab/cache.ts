/** What is slow to make is made once and kept by what it was made of. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache/floppy-test/lab", import.meta.url));

/** Every file below the folders, by path and content; a single file is told by its content too. */
async function addTo(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  const link = await readlink(path).catch(() => null);
  if (link !== null) {
    hash.update(`${path}\0${link}\0`);
    return;
  }
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
  if (entries === null) {
    hash.update(`${path}\0`).update(await readFile(path));
    return;
  }
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1)))
    await addTo(hash, join(path, entry.name));
}

export async function digestOf(paths: string[], ...texts: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) await addTo(hash, path);
  for (const text of texts) hash.update(`${text}\0`);
  return hash.digest("hex").slice(0, 20);
}

/** The folder that `make` has filled, now or before; older ones of that name are thrown away. */
export async function cached(
  name: string,
  digest: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder, `${name}-${digest}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const made = join(cacheFolder, `.${name}-${digest}-${process.pid}`);
  await mkdir(made);
  try {
    await make(made);
    for (const other of await readdir(cacheFolder))
      if (other.startsWith(`${name}-`)) await rm(join(cacheFolder, other), { recursive: true });
    await rename(made, folder);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}
