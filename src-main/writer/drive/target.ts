import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { createBuffer } from "etcher-sdk/build/aligned-lockable-buffer.js";
import { BlockDevice } from "etcher-sdk/build/source-destination/block-device.js";
import { HEAD_BYTES } from "../image/firmware.ts";
import { driveError, verifyFailed } from "./errors.ts";
import { SyncedWriteStream } from "./synced-write-stream.ts";

export type OpenDrive = {
  path: string;
  handle: FileHandle;
  /** Holds the lock for as long as it is open. */
  locked: FileHandle;
  sizeBytes: number;
  /** Offsets, lengths and memory of direct reads and writes are multiples of this. */
  alignment: number;
};

type WriteOptions = NonNullable<Parameters<BlockDevice["createWriteStream"]>[0]>;

/**
 * A drive as etcher-sdk writes and verifies it, except for its first MiB: that lies in memory until `commit`, and
 * is zero on the drive. So a card that is half written, or was found bad, does not boot.
 * Emits `verify` when everything is written and reading back begins.
 */
export class Target extends BlockDevice {
  readonly #drive: OpenDrive;
  readonly #head: Buffer;
  /** CRC-32 of each chunk by its offset, to tell at once where the first bad one lies. */
  readonly #sums = new Map<number, number>();
  #checksum = "";

  constructor(drive: OpenDrive) {
    super({ drive: describe(drive), write: true, direct: true, keepOriginal: true });
    this.#drive = drive;
    this.#head = alignedBuffer(Math.min(HEAD_BYTES, drive.sizeBytes), drive.alignment);
  }

  /** XXH3 of the image as it was written, known once verifying begins. */
  get checksum(): string {
    return this.#checksum;
  }

  /** After this the drive does not boot. */
  async blankHead(): Promise<void> {
    await this.#writeHead(alignedBuffer(this.#head.length, this.#drive.alignment));
  }

  /** Writes the head and reads it back; a bad one is blanked again. */
  async commit(): Promise<void> {
    try {
      await this.#writeHead(this.#head);
      const found = alignedBuffer(this.#head.length, this.#drive.alignment);
      await super.read(found, 0, found.length, 0);
      if (!found.equals(this.#head)) throw verifyFailed(this.#drive.path, 0);
    } catch (error) {
      await this.blankHead().catch(() => undefined);
      throw driveError(error, this.#drive.path);
    }
  }

  override async write(buffer: Buffer, bufferOffset: number, length: number, offset: number) {
    const chunk = buffer.subarray(bufferOffset, bufferOffset + length);
    if (offset < this.#head.length) {
      chunk.copy(this.#head, offset);
      return { buffer, bytesWritten: length };
    }
    this.#sums.set(offset, crc32(chunk));
    const result = await super.write(buffer, bufferOffset, length, offset);
    if (result.bytesWritten !== length) throw Object.assign(new Error("short write"), { code: "EIO" });
    return result;
  }

  override async read(buffer: Buffer, bufferOffset: number, length: number, offset: number) {
    if (offset < this.#head.length) {
      this.#head.copy(buffer, bufferOffset, offset, offset + length);
      return { buffer, bytesRead: length };
    }
    const result = await super.read(buffer, bufferOffset, length, offset);
    const chunk = buffer.subarray(bufferOffset, bufferOffset + result.bytesRead);
    const whole = result.bytesRead === length;
    if (whole && crc32(chunk) !== this.#sums.get(offset)) throw verifyFailed(this.#drive.path, offset);
    return result;
  }

  override async createWriteStream({ highWaterMark }: WriteOptions = {}) {
    return new SyncedWriteStream(this, this.#drive.handle, highWaterMark);
  }

  override createVerifier(checksum: string, size?: number) {
    this.#checksum = checksum;
    this.emit("verify");
    return super.createVerifier(checksum, size);
  }

  protected override async _open(): Promise<void> {
    this.fileHandle = this.#drive.handle;
  }

  /** Stays open for `commit`: the handle is closed by who opened it. */
  protected override async _close(): Promise<void> {}

  async #writeHead(bytes: Buffer): Promise<void> {
    await super.write(bytes, 0, bytes.length, 0);
    await this.#drive.handle.sync();
  }
}

/** Zeros, placed in memory as direct reads and writes want it. */
function alignedBuffer(bytes: number, alignment: number): Buffer {
  const { buffer, byteOffset, length } = createBuffer(bytes, alignment);
  return Buffer.from(buffer, byteOffset, length).fill(0);
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
