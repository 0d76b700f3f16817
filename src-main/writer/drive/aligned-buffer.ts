import { createBuffer } from "etcher-sdk/build/aligned-lockable-buffer.js";

/** Zeros, placed in memory as direct reads and writes want it. */
export function alignedBuffer(bytes: number, alignment: number): Buffer {
  const { buffer, byteOffset, length } = createBuffer(bytes, alignment);
  return Buffer.from(buffer, byteOffset, length).fill(0);
}
