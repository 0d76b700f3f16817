import { alignedBuffer } from "../drive/aligned-buffer.ts";
import type { OpenDrive } from "../drive/target.ts";
import { DriveTrouble } from "../drive/trouble.ts";

/** A drive as tests see it: bytes at positions, past every cache of this machine. */
export type Medium = {
  path: string;
  sizeBytes: number;
  /** Positions, lengths and buffers are multiples of this. */
  alignment: number;
  /** Zeros, fit to be read into and written from. */
  buffer(bytes: number): Buffer;
  read(into: Buffer, position: number): Promise<void>;
  write(from: Buffer, position: number): Promise<void>;
  /** Waits until everything that was written is on the medium. */
  sync(): Promise<void>;
};

export function mediumOf({ path, handle, sizeBytes, alignment }: OpenDrive): Medium {
  return {
    path,
    sizeBytes: Math.floor(sizeBytes / alignment) * alignment,
    alignment,
    buffer: (bytes) => alignedBuffer(bytes, alignment),
    async read(into, position) {
      const { bytesRead } = await handle.read(into, 0, into.length, position);
      if (bytesRead !== into.length) throw tooShort("gave");
    },
    async write(from, position) {
      const { bytesWritten } = await handle.write(from, 0, from.length, position);
      if (bytesWritten !== from.length) throw tooShort("took");
    },
    sync: () => handle.sync(),
  };
}

function tooShort(verb: string): DriveTrouble {
  return new DriveTrouble("EIO", `the drive ${verb} only a part`);
}

const mediumErrors = ["EIO", "EREMOTEIO", "ETIMEDOUT", "EROFS", "EPERM", "ENOSPC", "EILSEQ"];

/** The drive is there and says that it cannot; any other error is not about this place of it. */
export function isMediumError(error: unknown): boolean {
  return error instanceof DriveTrouble && mediumErrors.includes(error.code);
}
