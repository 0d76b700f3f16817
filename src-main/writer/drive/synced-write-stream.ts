import type { FileHandle } from "node:fs/promises";
import { ProgressBlockWriteStream } from "etcher-sdk/build/block-write-stream.js";
import type { BlockDevice } from "etcher-sdk/build/source-destination/block-device.js";

/** Finishes once the drive has everything on its medium: etcher-sdk alone never syncs. */
export class SyncedWriteStream extends ProgressBlockWriteStream {
  readonly #handle: FileHandle;

  constructor(destination: BlockDevice, handle: FileHandle, highWaterMark: number | undefined) {
    super({ destination, ...(highWaterMark !== undefined && { highWaterMark }) });
    this.#handle = handle;
  }

  override _final(callback: (error?: Error) => void): void {
    this.#handle.sync().then(() => callback(), callback);
  }
}
