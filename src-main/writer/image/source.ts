import { Readable } from "node:stream";
import { BlockReadStream } from "etcher-sdk/build/block-read-stream.js";
import { File } from "etcher-sdk/build/source-destination/file.js";
import { decode } from "./decode.ts";
import { imageChanged } from "./errors.ts";
import { type ImageFile, readChunks } from "./image-file.ts";
import { applyPatches, type Patch } from "./patches.ts";

type StreamOptions = Parameters<File["createReadStream"]>[0];

/** The unpacked, personalised image as etcher-sdk reads it: exactly `sizeBytes` long, or an error. */
export class ImageSource extends File {
  readonly #file: ImageFile;
  readonly #sizeBytes: number;
  readonly #patches: readonly Patch[];

  constructor(file: ImageFile, sizeBytes: number, patches: readonly Patch[]) {
    super({ path: file.path });
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.#patches = patches;
  }

  protected override async _open(): Promise<void> {}

  protected override async _close(): Promise<void> {}

  protected override async _getMetadata() {
    return { size: this.#sizeBytes, isSizeEstimated: false };
  }

  /** Raw images are read straight into the aligned buffers that go to the drive. */
  override async read(buffer: Buffer, bufferOffset: number, length: number, offset: number) {
    const { bytesRead } = await this.#file.handle.read(buffer, bufferOffset, length, offset);
    if (bytesRead === 0) throw imageChanged(this.#file.path);
    applyPatches(buffer.subarray(bufferOffset, bufferOffset + bytesRead), offset, this.#patches);
    return { buffer, bytesRead };
  }

  override async createReadStream({ alignment, numBuffers }: StreamOptions = {}) {
    if (this.#file.format !== "raw") return Readable.from(this.#unpacked());
    return new BlockReadStream({
      source: this,
      end: this.#sizeBytes - 1,
      ...(alignment !== undefined && { alignment }),
      ...(numBuffers !== undefined && { numBuffers }),
    });
  }

  async *#unpacked(): AsyncGenerator<Buffer> {
    let position = 0;
    for await (const chunk of decode(this.#file.format, readChunks(this.#file))) {
      if (position + chunk.length > this.#sizeBytes) throw imageChanged(this.#file.path);
      applyPatches(chunk, position, this.#patches);
      position += chunk.length;
      yield chunk;
    }
    if (position !== this.#sizeBytes) throw imageChanged(this.#file.path);
  }
}
