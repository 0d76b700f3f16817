import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { fileError, fileExists, fileUnwritable } from "./errors.ts";

/**
 * A file that gets its name when it is whole; it belongs to the user who asked for it, and to nobody else: a card may
 * hold its device's private key and a Wi-Fi passphrase.
 */
export type PartialFile = { handle: FileHandle; finish(): Promise<void>; remove(): Promise<void> };

export async function createPartialFile(path: string, replace: boolean): Promise<PartialFile> {
  const partial = `${path}.${randomUUID()}.part`;
  const handle = await refuseTaken(path, replace)
    .then(() => open(partial, "wx", 0o600))
    .catch((error: unknown) => {
      throw fileError(path, error);
    });
  // However this process ends, short of SIGKILL: nobody takes the half for the whole.
  const removeNow = () => rmSync(partial, { force: true });
  process.on("exit", removeNow);
  const close = async () => {
    await handle.close();
    process.off("exit", removeNow);
  };
  return {
    handle,
    async finish() {
      await handle.sync();
      await giveName(partial, path, replace);
      await close();
    },
    async remove() {
      await rm(partial, { force: true });
      await close();
    },
  };
}

/** A device or a folder is never replaced, whatever was said. */
async function refuseTaken(path: string, replace: boolean): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isFile()) throw fileUnwritable(path, "it is no regular file");
  if (!replace) throw fileExists(path);
}

/** A link never replaces what came there meanwhile; where a file system has none, it is looked for once more. */
async function giveName(partial: string, path: string, replace: boolean): Promise<void> {
  if (replace) await rename(partial, path);
  else {
    try {
      await link(partial, path);
      await rm(partial);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") throw fileExists(path);
      await refuseTaken(path, false);
      await rename(partial, path);
    }
  }
  const folder = await open(dirname(path), "r");
  await folder.sync().finally(() => folder.close());
}
