/** The highest serial that was seen of the manifests that a key signed. */
import { createHash } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { errorCode } from "../error-code.ts";
import { syncFolder } from "../sync-folder.ts";

export type SeenSerials = {
  /** Zero where none was seen. */
  highest(publicKey: string): Promise<number>;
  see(publicKey: string, serial: number): Promise<void>;
  /** From now on this is the highest. */
  goBack(publicKey: string, serial: number): Promise<void>;
};

type Seen = { name: string; serial: number };

function unusable(folder: string, thrown: unknown): FloppyError {
  const isFull = ["ENOSPC", "EDQUOT"].includes(errorCode(thrown));
  return new FloppyError(
    isFull ? "DISK_FULL" : "FILE_UNWRITABLE",
    `What was seen of signed manifests cannot be kept in ${folder}.`,
    "Nothing was written to a drive. Make room there or make it writable for you, then start again.",
    { folder, reason: String(thrown) },
  );
}

/**
 * A file for each serial, empty, and named after key and serial: there is no content that a crash could halve, and of
 * several processes none takes back what another one has seen.
 */
export function createSeenSerials(folder: string): SeenSerials {
  const markOf = (publicKey: string) => createHash("sha256").update(publicKey).digest("hex").slice(0, 32);

  async function seenOf(publicKey: string): Promise<Seen[]> {
    const head = `${markOf(publicKey)}-`;
    const names = await readdir(folder).catch((thrown: unknown) => {
      if (errorCode(thrown) === "ENOENT") return [];
      throw thrown;
    });
    return names
      .filter((name) => name.startsWith(head) && /^\d+$/.test(name.slice(head.length)))
      .map((name) => ({ name, serial: Number(name.slice(head.length)) }));
  }

  const highestOf = (seen: Seen[]) => Math.max(0, ...seen.map(({ serial }) => serial));

  async function mark(publicKey: string, serial: number): Promise<void> {
    makeFolder(folder, 0o700);
    const handle = await open(join(folder, `${markOf(publicKey)}-${serial}`), "a", 0o600);
    await handle.sync().finally(() => handle.close());
    await syncFolder(folder);
  }

  async function remove(seen: Seen[]): Promise<void> {
    for (const { name } of seen) await rm(join(folder, name), { force: true });
  }

  const usable = <Value>(work: Promise<Value>) =>
    work.catch((thrown: unknown) => {
      throw unusable(folder, thrown);
    });

  return {
    highest: (publicKey) => usable(seenOf(publicKey).then(highestOf)),
    see: (publicKey, serial) =>
      usable(
        (async () => {
          if (serial <= highestOf(await seenOf(publicKey))) return;
          await mark(publicKey, serial);
          await remove((await seenOf(publicKey)).filter((one) => one.serial < serial));
        })(),
      ),
    goBack: (publicKey, serial) =>
      usable(
        (async () => {
          if (serial > 0) await mark(publicKey, serial);
          await remove((await seenOf(publicKey)).filter((one) => one.serial > serial));
          await syncFolder(folder);
        })(),
      ),
  };
}
