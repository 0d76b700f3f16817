/** Bytes to put in place of the image's own, at an offset in the unpacked image. */
export type Patch = { offset: number; bytes: Buffer };

/** Changes `chunk`, which lies at `position` of the image, where patches fall into it. */
export function applyPatches(chunk: Buffer, position: number, patches: readonly Patch[]): void {
  for (const { offset, bytes } of patches) {
    const from = offset - position;
    if (from >= chunk.length || from + bytes.length <= 0) continue;
    bytes.copy(chunk, Math.max(0, from), Math.max(0, -from));
  }
}
