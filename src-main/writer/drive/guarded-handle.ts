import type { DriveHandle } from "./blamed-handle.ts";
import type { MediumWatch } from "./medium-watch.ts";

/**
 * Lets through only what goes to the medium that was claimed: it is looked at before and after each reading and writing,
 * and the drive itself is asked after each error, so that nobody tries again on another card.
 */
export function guarded(handle: DriveHandle, watch: MediumWatch): DriveHandle {
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
