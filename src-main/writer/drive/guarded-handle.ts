import type { FileHandle } from "node:fs/promises";
import type { MediumWatch } from "./medium-watch.ts";

type Done = { bytesRead: number; bytesWritten: number };

/** The only way to a claimed drive's bytes. */
export type DriveHandle = {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<Pick<Done, "bytesRead">>;
  write(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<Pick<Done, "bytesWritten">>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Lets through only what goes to the medium that was claimed: it is looked at before and after each reading and writing,
 * and the drive itself is asked after each error, so that nobody tries again on another card.
 */
export function guarded(handle: FileHandle, watch: MediumWatch): DriveHandle {
  const underWay = new Set<Promise<unknown>>();
  let asking: Promise<void> | null = null;

  /** Asking is what lets a reader take up its new card: nothing that was meant for the old one may still be queued. */
  function ask(): Promise<void> {
    asking ??= Promise.allSettled(underWay)
      .then(() => watch.ask())
      .finally(() => {
        asking = null;
      });
    return asking;
  }

  async function perform<Result>(act: () => Promise<Result>): Promise<Result> {
    while (asking) await asking;
    watch.require();
    const working = act();
    underWay.add(working);
    try {
      const result = await working;
      watch.require();
      return result;
    } catch (error) {
      underWay.delete(working);
      await ask();
      throw error;
    } finally {
      underWay.delete(working);
    }
  }

  return {
    read: (...what) => perform(() => handle.read(...what)),
    write: (...what) => perform(() => handle.write(...what)),
    sync: () => perform(() => handle.sync()),
    async close() {
      watch.end();
      await handle.close();
    },
  };
}
