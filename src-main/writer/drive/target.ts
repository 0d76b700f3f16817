import type { FileHandle } from "node:fs/promises";
import { BlockDevice } from "etcher-sdk/build/source-destination/block-device.js";
import { HEAD_BYTES } from "../image/firmware.ts";
import { alignedBuffer } from "./aligned-buffer.ts";
import type { DriveHandle } from "./blamed-handle.ts";
import { driveError, verifyFailed } from "./errors.ts";
import { DriveTrouble } from "./trouble.ts";

export type OpenDrive = {
  path: string;
  handle: DriveHandle;
  /** Rejects as soon as it is known that the medium is not in the drive any more. */
  lost: Promise<never>;
  /** Holds the lock for as long as it is open. */
  locked: { close(): Promise<void> };
  sizeBytes: number;
  /** Offsets, lengths and memory of direct reads and writes are multiples of this. */
  alignment: number;
};

/**
 * A drive as etcher-sdk writes and reads it, except for its first MiB: that lies in memory until `commit`, and is
 * zero on the drive. So a card that is half written, or was found bad, does not boot.
 */
export class Target extends BlockDevice {
  readonly #drive: OpenDrive;
  readonly #head: Buffer;
  readonly #scratch: Buffer[] = [];

  constructor(drive: OpenDrive) {
    super({ drive: describe(drive), write: true, direct: true, keepOriginal: true });
    this.#drive = drive;
    this.#head = alignedBuffer(Math.min(HEAD_BYTES, drive.sizeBytes), drive.alignment);
  }

  /** One of two buffers of a MiB, for whatever reads the drive at the moment: new memory is not cheap. */
  scratch(index: number): Buffer {
    const place = index % 2;
    this.#scratch[place] ??= alignedBuffer(HEAD_BYTES, this.#drive.alignment);
    return this.#scratch[place];
  }

  /** After this the drive does not boot. */
  async blankHead(): Promise<void> {
    await this.#writeHead(this.scratch(0).subarray(0, this.#head.length).fill(0));
  }

  /** Writes the head and reads it back; a bad one is blanked again. */
  async commit(): Promise<void> {
    try {
      await this.#writeHead(this.#head);
      const found = this.scratch(0).subarray(0, this.#head.length);
      await super.read(found, 0, found.length, 0);
      if (!found.equals(this.#head)) throw verifyFailed(this.#drive.path, 0);
    } catch (error) {
      await this.blankHead().catch(() => undefined);
      throw driveError(error, this.#drive.path);
    }
  }

  override async write(buffer: Buffer, bufferOffset: number, length: number, offset: number) {
    if (offset < this.#head.length) {
      buffer.copy(this.#head, offset, bufferOffset, bufferOffset + length);
      return { buffer, bytesWritten: length };
    }
    const result = await super.write(buffer, bufferOffset, length, offset);
    if (result.bytesWritten !== length) throw new DriveTrouble("EIO", "the drive took only a part");
    return result;
  }

  override async read(buffer: Buffer, bufferOffset: number, length: number, offset: number) {
    if (offset >= this.#head.length) return super.read(buffer, bufferOffset, length, offset);
    this.#head.copy(buffer, bufferOffset, offset, offset + length);
    return { buffer, bytesRead: length };
  }

  /** Waits until the drive has everything on its medium: etcher-sdk never does. */
  async sync(): Promise<void> {
    await this.#drive.handle.sync();
  }

  protected override async _open(): Promise<void> {
    // Of a handle, etcher-sdk reads and writes by these two alone.
    this.fileHandle = this.#drive.handle as DriveHandle & FileHandle;
  }

  async #writeHead(bytes: Buffer): Promise<void> {
    await super.write(bytes, 0, bytes.length, 0);
    await this.sync();
  }
}

/** What etcher-sdk wants to know of a drive; it uses the size and the block size. */
function describe({
  path,
  sizeBytes,
  alignment,
}: OpenDrive): ConstructorParameters<typeof BlockDevice>[0]["drive"] {
  return {
    device: path,
    raw: path,
    devicePath: null,
    description: path,
    size: sizeBytes,
    blockSize: alignment,
    logicalBlockSize: alignment,
    mountpoints: [],
    partitionTableType: null,
    busType: "UNKNOWN",
    busVersion: null,
    enumerator: "floppy",
    error: null,
    isCard: null,
    isReadOnly: false,
    isRemovable: true,
    isSCSI: null,
    isSystem: false,
    isUAS: null,
    isUSB: null,
    isVirtual: null,
  };
}
