import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RunSecrets, Vault } from "#core/ports/targets.ts";
import { makeFolder } from "#linux/make-folder.ts";

const hostKey = z.object({ privateKey: z.string(), publicKey: z.string() });
const secrets = z.object({ runKey: hostKey, hostKey });

/** Run ids are made here; whatever else is asked for must not lead out of the folder. */
const RUN_ID = /^[A-Za-z0-9-]{1,64}$/;

const half = (file: string) => `${file}.new`;

/** Null for what is damaged: as keys it is worth as much as none. */
function parse(text: string): RunSecrets | null {
  try {
    return secrets.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Keys of runs under way, each in a file that only this user reads. */
export function createVault({ folder }: { folder: string }): Vault {
  const fileOf = (runId: string) => {
    if (!RUN_ID.test(runId)) throw new Error(`${JSON.stringify(runId)} is no run id.`);
    return join(folder, `${runId}.json`);
  };

  return {
    async save(runId: string, kept: RunSecrets): Promise<void> {
      const file = fileOf(runId);
      makeFolder(folder, 0o700);
      const handle = await open(half(file), "w", 0o600);
      try {
        await handle.writeFile(JSON.stringify(kept));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(half(file), file);
    },
    async load(runId: string): Promise<RunSecrets | null> {
      const text = await readFile(fileOf(runId), "utf8").catch(() => null);
      if (text === null) return null;
      return parse(text);
    },
    async remove(runId: string): Promise<void> {
      const file = fileOf(runId);
      // A save that was killed half-way has left the second.
      for (const one of [file, half(file)]) await rm(one, { force: true });
    },
  };
}
